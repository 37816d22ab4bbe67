import type { Contract } from './contract.js'
import { Contract as BaseContract } from './contract.js'
import type { Info, TransactionDescription } from './decorated.js'
import { contractInfos, objectSchemas, transactionsOf } from './decorated.js'
import { getLogger } from './logging.js'
import { parameterCount } from './parameter-names.js'
import type { ObjectSchemas } from './schema.js'
import { SYSTEM_CONTRACT } from './system-contract.js'

/** One contract, as metadata describe it. */
export interface ContractDescription {
  readonly name: string
  readonly contractInstance?: Readonly<Record<string, unknown>>
  readonly transactions: readonly TransactionDescription[]
  readonly info?: Info
}

/** What there is to call, with the types of parameters and results. */
export interface Metadata {
  readonly $schema: string
  readonly contracts: Readonly<Record<string, ContractDescription>>
  readonly info: Info
  readonly components: { readonly schemas: ObjectSchemas }
}

/** What an author wrote of it; the sections that are missing are generated. */
export type MetadataFile = Partial<Metadata>

const SCHEMA_URL = 'https://hyperledger.github.io/fabric-chaincode-node/main/api/contract-schema.json'

/** Hooks and the like are no transaction functions. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(BaseContract.prototype))

const log = getLogger('metadata')

/**
 * The metadata of these contracts (by name): the author's where they wrote some, section by section, and generated from the
 * code otherwise. Contracts that the author's section forgets are generated, too, with a warning.
 */
export function metadataFor(
  contracts: ReadonlyMap<string, Contract>,
  file: MetadataFile,
  {
    title = '',
    version = '',
  }: { readonly title?: string | undefined; readonly version?: string | undefined },
): Metadata {
  // What the author wrote stays where it is: the order of the sections is part of the text that clients compare.
  return {
    ...file,
    $schema: file.$schema ?? SCHEMA_URL,
    contracts: contractSection(contracts, file.contracts ?? {}),
    info: file.info ?? { version, title },
    components: file.components
      ? { ...file.components, schemas: schemasOf(file) }
      : { schemas: objectSchemas() },
  }
}

function contractSection(
  contracts: ReadonlyMap<string, Contract>,
  described: Readonly<Record<string, ContractDescription>>,
): Record<string, ContractDescription> {
  const missing = [...contracts].filter(([name]) => !Object.hasOwn(described, name))
  if (Object.keys(described).length > 0) {
    warnOf(
      described,
      contracts,
      missing.map(([name]) => name),
    )
  }
  return {
    ...described,
    ...Object.fromEntries(missing.map(([name, contract]) => [name, describe(name, contract)])),
  }
}

function schemasOf({ components }: MetadataFile): ObjectSchemas {
  return (components as { readonly schemas?: ObjectSchemas } | undefined)?.schemas ?? {}
}

function warnOf(
  described: Readonly<Record<string, ContractDescription>>,
  contracts: ReadonlyMap<string, Contract>,
  generated: readonly string[],
): void {
  for (const name of generated) {
    if (name !== SYSTEM_CONTRACT) log.warn(`the metadata file does not describe contract ${name}: generated`)
  }
  for (const name of Object.keys(described)) {
    if (!contracts.has(name)) log.warn(`the metadata file describes contract ${name}, which there is not`)
  }
}

function describe(name: string, contract: Contract): ContractDescription {
  const fields = Object.entries(contract).filter(([key]) => !key.startsWith('_'))
  return {
    name,
    contractInstance: JSON.parse(JSON.stringify(Object.fromEntries(fields))) as Record<string, unknown>,
    transactions: transactionsIn(contract),
    info: contractInfos()[contract.constructor.name] ?? { title: '', version: '' },
  }
}

/** Those that decorators declare; where there are no decorators, all functions of the class itself that look like some. */
function transactionsIn(contract: Contract): readonly TransactionDescription[] {
  const declared = transactionsOf(contract)
  if (declared.length > 0) return declared
  const functions = contract as unknown as Readonly<Record<string, unknown>>
  return Object.getOwnPropertyNames(Object.getPrototypeOf(contract))
    .filter((name) => name !== 'constructor' && !name.startsWith('_') && !INHERITED.has(name))
    .filter((name) => typeof functions[name] === 'function')
    .map((name) => inferred(name, functions[name], contract.name))
}

function inferred(name: string, fn: unknown, contract: string): TransactionDescription {
  const count = parameterCount(fn)
  const parameters = Array.from({ length: count }, (_, index) => ({
    name: `arg${index}`,
    description: `Argument ${index}`,
    schema: { type: 'string' },
  }))
  return {
    name,
    ...(contract !== SYSTEM_CONTRACT && { tags: ['SUBMIT', 'submitTx'] }),
    ...(count > 0 && { parameters }),
  }
}
