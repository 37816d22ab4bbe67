import type { Chaincode } from '../shim/chaincode.js'
import { failure, success, thrownMessage } from '../shim/chaincode.js'
import { ClientIdentity } from '../shim/client-identity.js'
import type { ChaincodeResponse } from '../shim/handler.js'
import type { ChaincodeStub } from '../shim/stub.js'
import type { Context } from './context.js'
import { Contract } from './contract.js'
import { defaultContract } from './decorated.js'
import type { Serializer } from './json-serializer.js'
import { getLogger, setLevel } from './logging.js'
import type { Metadata, MetadataFile } from './metadata.js'
import { metadataFor } from './metadata.js'
import { ParameterReader } from './parameter-reader.js'
import { routeOf } from './routing.js'
import type { Schema } from './schema.js'
import { SystemContract } from './system-contract.js'

/** A class of a contract, as a package exports it. */
export type ContractClass = new () => Contract

/** What a package of contracts is made of. */
export interface ContractPackage {
  readonly contracts: readonly ContractClass[]
  readonly serializer: new () => Serializer
  /** {} where the author wrote none. */
  readonly metadata: MetadataFile
  readonly title?: string | undefined
  readonly version?: string | undefined
}

interface TransactionFunction {
  readonly parameters: ParameterReader
  readonly returns: Schema | undefined
}

interface LoadedContract {
  readonly name: string
  readonly contract: Contract
  readonly serializer: Serializer
  readonly functions: ReadonlyMap<string, TransactionFunction>
}

const log = getLogger('contract')

/** Calls the transaction functions of contracts, as Fabric's contract API does. */
export class ContractRouter implements Chaincode {
  /** What org.hyperledger.fabric:GetMetadata answers. */
  readonly metadata: Metadata
  readonly #contracts: ReadonlyMap<string, LoadedContract>
  readonly #default: string | undefined

  /** @throws {Error} for what is no contract, and for two contracts of one name */
  constructor(source: ContractPackage) {
    const system = new SystemContract()
    const contracts = new Map<string, Contract>()
    for (const each of source.contracts) add(contracts, new each())
    this.#default = markDefault(contracts)
    add(contracts, system)
    const metadata = metadataFor(contracts, source.metadata, source)
    this.metadata = JSON.parse(JSON.stringify(metadata)) as Metadata
    system._metadata = this.metadata
    const load = ([name, contract]: [string, Contract]): [string, LoadedContract] => [
      name,
      loaded(contract, metadata, new source.serializer()),
    ]
    this.#contracts = new Map([...contracts].map(load))
  }

  Init(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    return this.Invoke(stub)
  }

  /** Never rejects: what a contract throws is a response with status 500. */
  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    const [first, ...args] = stub.getBufferArgs()
    if (!first) return success(Buffer.from('Default initiator successful.'))
    try {
      return success(await this.#call(stub, first.toString(), args))
    } catch (error) {
      if (log.level === 'debug') log.debug('transaction %s failed:', stub.getTxID(), error)
      return failure(thrownMessage(error))
    }
  }

  async #call(stub: ChaincodeStub, text: string, args: readonly Buffer[]): Promise<Uint8Array | undefined> {
    const route = routeOf(text)
    const name = route.contract ?? this.#default ?? ''
    const loaded = this.#contracts.get(name)
    if (!loaded) throw new Error(`Contract name is not known: ${name}`)
    const { contract, serializer } = loaded
    const ctx = contextFor(loaded, stub)
    const called = loaded.functions.get(route.function)
    if (!called) {
      await contract.unknownTransaction(ctx)
      return undefined
    }
    const prefix = `[${stub.getChannelID()}-${stub.getTxID().slice(0, 8)}]`
    const parameters = called.parameters.read(args, prefix)
    await contract.beforeTransaction(ctx)
    const result = await contract.aroundTransaction(ctx, route.function, parameters)
    await contract.afterTransaction(ctx, result)
    return serializer.toBuffer(result, called.returns, prefix)
  }
}

function add(contracts: Map<string, Contract>, contract: Contract): void {
  if (!Contract._isContract(contract))
    throw new Error(`invalid contract instance ${JSON.stringify(contract)}`)
  const name = contract.getName()
  if (contracts.has(name)) {
    throw new Error(
      `two contracts have the name ${JSON.stringify(name)}: give each its own, as super('name')`,
    )
  }
  contracts.set(name, contract)
}

/** The one declared so, else the first; it gets a mark that its metadata show. */
function markDefault(contracts: ReadonlyMap<string, Contract>): string | undefined {
  const declared = defaultContract()
  const [first] = contracts.keys()
  const name = declared !== undefined && contracts.has(declared) ? declared : first
  const contract = name === undefined ? undefined : contracts.get(name)
  if (contract) Object.assign(contract, { default: true })
  return name
}

function loaded(contract: Contract, metadata: Metadata, serializer: Serializer): LoadedContract {
  const name = contract.getName()
  const functions = new Map<string, TransactionFunction>()
  for (const transaction of metadata.contracts[name]?.transactions ?? []) {
    if (functions.has(transaction.name)) continue
    const parameters = new ParameterReader(transaction, serializer, metadata.components.schemas)
    // Decorators write the schema of a result one level higher than this is looked for: so only files have one checked.
    const returns = transaction.returns?.['schema'] as Schema | undefined
    functions.set(transaction.name, { parameters, returns })
  }
  return { name, contract, serializer, functions }
}

function contextFor({ name, contract }: LoadedContract, stub: ChaincodeStub): Context {
  const ctx = contract.createContext()
  ctx.setChaincodeStub(stub)
  ctx.setClientIdentity(new ClientIdentity(stub))
  ctx.logging = {
    setLevel,
    getLogger: (part) => getLogger(part ? `${name}:${part}` : name),
  }
  return ctx
}
