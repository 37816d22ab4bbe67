import { type Static, Type as T } from '@sinclair/typebox'
import { compile } from '../../api/validator.js'

const Loose = T.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object' })

const FunctionMetadata = T.Object({
  name: T.String(),
  parameters: T.Optional(T.Array(T.Object({ name: T.String(), schema: Loose }))),
})
export type FunctionMetadata = Static<typeof FunctionMetadata>

const ContractMetadata = T.Object({
  contracts: T.Record(
    T.String(),
    T.Object({
      name: T.Optional(T.String()),
      contractInstance: T.Optional(T.Object({ default: T.Optional(T.Boolean()) })),
      transactions: T.Optional(T.Array(FunctionMetadata)),
    }),
  ),
  components: T.Optional(T.Object({ schemas: T.Optional(Loose) })),
})

/** What a contract says of itself, as far as the node makes use of it. */
export type ContractMetadata = Static<typeof ContractMetadata>

/** The function by which contracts tell it. */
export const GET_METADATA = 'org.hyperledger.fabric:GetMetadata'

/** The system contract beside those of the author. */
const SYSTEM = 'org.hyperledger.fabric'

const fault = compile(ContractMetadata)

/** Undefined where it is not of the shape that can be made use of. */
export function readMetadata(json: unknown): ContractMetadata | undefined {
  return fault(json) ? undefined : (json as ContractMetadata)
}

/** The function that a name such as `transfer` or `Token:transfer` means; undefined where it is not listed. */
export function findFunction(metadata: ContractMetadata, called: string): FunctionMetadata | undefined {
  const colon = called.indexOf(':')
  const contract = colon === -1 ? '' : called.slice(0, colon)
  const name = called.slice(colon + 1)
  const found = contract.trim() === '' ? defaultContract(metadata) : metadata.contracts[contract]
  return found?.transactions?.find((each) => each.name === name)
}

function defaultContract({ contracts }: ContractMetadata): ContractMetadata['contracts'][string] | undefined {
  const own = Object.entries(contracts).filter(([name]) => name !== SYSTEM)
  const marked = own.find(([, { contractInstance }]) => contractInstance?.default === true)
  return (marked ?? (own.length === 1 ? own[0] : undefined))?.[1]
}
