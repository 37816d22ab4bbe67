import { type Static, type TProperties, Type as T } from '@sinclair/typebox'
import { Address, Hash, Height, Index, Timestamp } from './common.js'
import { LooseJson } from './loose.js'

const object = <P extends TProperties>(properties: P, description?: string) =>
  T.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

export const ContractName = T.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
  description: 'the name of a contract: a letter or digit, then letters, digits, - and _',
})

export const MspId = T.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', description: 'the id of an organisation' })

/** Bytes for people: as text where they are UTF-8, else as hex digits; and what the text says where it is JSON. */
export const Bytes = T.Object(
  {
    text: T.Optional(T.String()),
    hex: T.Optional(T.String({ pattern: '^([0-9a-f]{2})*$' })),
    json: T.Optional(T.Unknown({ description: 'What the text says, where it is JSON.' })),
  },
  { additionalProperties: false, description: 'Bytes: text where they are UTF-8, else hex digits.' },
)
export type Bytes = Static<typeof Bytes>

/** Who has to vouch for a call: an organisation, or so many of several rules. Judged by the rules of the chain. */
const Policy = T.Union(
  [
    T.Unsafe<object>({
      type: 'object',
      description: '{"signed_by": {"msp_id", "role"}} or {"n_of": 2, "rules": [...]}',
    }),
    T.String({ maxLength: 10_000, description: "text such as AND('Org1MSP.member', 'Org2MSP.member')" }),
  ],
  { description: 'As it stands on the chain, or as the tools of Fabric write it.' },
)

export const ContractSummary = object({
  name: ContractName,
  id: T.String({ description: 'What the process that runs it registers as, such as basic:1.0.' }),
  version: T.String(),
  sequence: T.Integer({ minimum: 1, description: 'Counts the deployments under this name.' }),
  organisations: T.Array(MspId),
  connected: T.Boolean({ description: 'Whether a process that runs it is connected to this node.' }),
})
export type ContractSummary = Static<typeof ContractSummary>

export const ContractDoor = T.Union(
  [
    object({
      ip_address: T.String(),
      port: T.Integer(),
      tls: T.Boolean({ description: 'Whether it speaks TLS.' }),
      plaintext: T.Boolean({ description: 'Whether it takes calls without TLS, too.' }),
      client_certificates: T.Boolean({ description: 'Whether all who call must show a certificate.' }),
    }),
    T.Null(),
  ],
  { description: 'Where contracts and clients of Fabric dial this node; null: it takes no such calls.' },
)
export type ContractDoor = Static<typeof ContractDoor>

export const TlsRootCertificate = T.Union([T.String(), T.Null()], {
  description: 'What clients know the door of this node by, PEM; null: it speaks no TLS.',
})

export const ContractProcess = object({
  id: T.String(),
  way: T.Union([T.Literal('registered'), T.Literal('dialled')], {
    description: 'registered: it dialled this node; dialled: this node dialled it.',
  }),
  address: T.Union([T.String(), T.Null()], { description: 'Of the other end, where it is known.' }),
})
export type ContractProcess = Static<typeof ContractProcess>

export const ContractAnswer = object({
  summary: ContractSummary,
  definition: T.Unsafe<object>({
    type: 'object',
    description: 'What was deployed, as it stands on the chain: docs/spec/contracts.md.',
  }),
  processes: T.Array(ContractProcess),
})
export type ContractAnswer = Static<typeof ContractAnswer>

export const TimeoutSeconds = T.Number({ minimum: 0.05, maximum: 600, description: 'Seconds.' })

const wait = T.Union([T.Literal('none'), T.Literal('pending'), T.Literal('committed')], {
  description:
    '"none" (answer with the answer of the contract), "pending" (once the transaction waits for a block) or "committed" (once a block holds it)',
})

/** How long a caller wants to wait. */
export const waiting = {
  wait: T.Optional(wait),
  timeout: T.Optional(TimeoutSeconds),
}

export const callParams = {
  contract: ContractName,
  function: T.String({ minLength: 1, maxLength: 1024, description: 'transfer, or contract:transfer.' }),
  args: T.Optional(
    T.Array(LooseJson, {
      maxItems: 1000,
      description: 'Texts as they are; any other JSON in the form that contracts read.',
    }),
  ),
  transient: T.Optional(
    T.Unsafe<Record<string, unknown>>({
      type: 'object',
      description: 'For the contract alone, never on the chain: texts as they are, other JSON as JSON text.',
    }),
  ),
  identity: T.Optional(
    T.String({ minLength: 1, maxLength: 128, description: 'One of contracts.identities; else the first.' }),
  ),
}

export interface CallParams {
  readonly contract: string
  readonly function: string
  readonly args?: readonly unknown[]
  readonly transient?: Readonly<Record<string, unknown>>
  readonly identity?: string
}

const ContractResponse = object({
  status: T.Integer({ minimum: 0, description: 'Below 400 the call succeeded.' }),
  message: T.String(),
  payload: Bytes,
})

export const Evaluated = object({ call_id: Hash, response: ContractResponse })
export type Evaluated = Static<typeof Evaluated>

const place = {
  call_id: Hash,
  transaction_id: T.Union([Hash, T.Null()]),
  status: T.Union([T.Literal('running'), T.Literal('pending'), T.Literal('committed')]),
  height: T.Union([Height, T.Null()], { description: 'Of the block that holds it; null before.' }),
  index: T.Union([Index, T.Null()], { description: 'Of the transaction in its block.' }),
  code: T.Union([T.Integer({ minimum: 0, maximum: 255 }), T.Null()], {
    description: 'What became of it on the chain, in the numbers of Fabric; 0: valid.',
  }),
  code_name: T.Union([T.String(), T.Null()]),
}

export const Invoked = object({
  ...place,
  response: ContractResponse,
  attempts: T.Integer({
    minimum: 1,
    description: 'How often the contract ran: more than once after conflicts.',
  }),
})
export type Invoked = Static<typeof Invoked>

export const Conflict = object({
  namespace: T.String(),
  key: T.String(),
  transaction_id: T.Union([Hash, T.Null()], { description: 'The transaction that won.' }),
})
export type Conflict = Static<typeof Conflict>

export const CallPlace = object({
  ...place,
  reason: T.Union([T.String(), T.Null()], { description: 'Why it is not valid, or waits no longer.' }),
  conflict: T.Union([Conflict, T.Null()]),
})
export type CallPlace = Static<typeof CallPlace>

export const Deployed = object({
  ...place,
  summary: T.Omit(ContractSummary, ['connected'], { additionalProperties: false }),
})
export type Deployed = Static<typeof Deployed>

export const ContractEventJson = object({
  contract: ContractName,
  call_id: Hash,
  transaction_id: Hash,
  height: Height,
  name: T.String(),
  payload: Bytes,
})
export type ContractEventJson = Static<typeof ContractEventJson>

export const StateEntry = object({
  key: T.String(),
  value: Bytes,
  version: object({ height: Height, index: Index }, 'Which transaction wrote it last.'),
})
export type StateEntry = Static<typeof StateEntry>

export const QueryResult = object({ key: T.String(), value: Bytes })
export type QueryResult = Static<typeof QueryResult>

export const HistoryEntryJson = object({
  call_id: Hash,
  timestamp: Timestamp,
  value: T.Union([Bytes, T.Null()], { description: 'null: the key was deleted.' }),
})
export type HistoryEntryJson = Static<typeof HistoryEntryJson>

export const IdentityJson = object({
  name: T.String(),
  msp_id: MspId,
  certificate: T.String({ description: 'X.509, PEM.' }),
})
export type IdentityJson = Static<typeof IdentityJson>

/** The short name of an identity; with @ and the organisation behind it, it is the whole one. */
export const IdentityName = T.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$',
  description: 'a name: letters, digits and . _ -',
})

export const Issued = object({
  name: T.String(),
  msp_id: MspId,
  certificate: T.String({ description: 'X.509, PEM.' }),
  root_certificate: T.String({ description: 'Of the organisation, PEM.' }),
  tls_root_certificate: TlsRootCertificate,
  channel: T.String(),
  door: ContractDoor,
})
export type Issued = Static<typeof Issued>

export interface IssueParams {
  readonly name: string
  readonly msp_id?: string
  readonly role?: 'client' | 'admin' | 'peer'
  readonly attributes?: Readonly<Record<string, string>>
  readonly public_key?: string
}

export const NodeKeyJson = object(
  { address: Address, public_key: T.String({ pattern: '^[0-9a-f]{64}$', description: 'Ed25519' }) },
  'What this node signs with: it endorses calls and answers for them on the chain.',
)
export type NodeKeyJson = Static<typeof NodeKeyJson>

export const Deployment = {
  id: T.Optional(T.String({ minLength: 1, maxLength: 256, description: 'NAME:VERSION, if absent.' })),
  version: T.Optional(T.String({ minLength: 1, maxLength: 64, description: '1.0, if absent.' })),
  sequence: T.Optional(
    T.Integer({ minimum: 1, maximum: 0xffffffff, description: 'The next one, if absent.' }),
  ),
  init_required: T.Optional(T.Boolean()),
  organisations: T.Optional(
    T.Array(
      object({
        msp_id: MspId,
        endorsers: T.Optional(T.Array(T.String({ pattern: '^[0-9a-f]{64}$' }), { maxItems: 100 })),
        root_certificates: T.Optional(T.Array(T.String({ maxLength: 16_384 }), { maxItems: 16 })),
      }),
      {
        minItems: 1,
        maxItems: 100,
        description: "Those of this node, if absent; endorsers: this node's key, if absent.",
      },
    ),
  ),
  endorsement_policy: T.Optional(Policy),
  collections: T.Optional(
    T.Array(T.Unsafe<object>({ type: 'object' }), {
      maxItems: 100,
      description:
        'Private collections: name, member_policy, member_only_read, member_only_write, block_to_live.',
    }),
  ),
}

export interface DeployParams {
  readonly name: string
  readonly id?: string
  readonly version?: string
  readonly sequence?: number
  readonly init_required?: boolean
  readonly organisations?: readonly {
    readonly msp_id: string
    readonly endorsers?: readonly string[]
    readonly root_certificates?: readonly string[]
  }[]
  readonly endorsement_policy?: object | string
  readonly collections?: readonly object[]
  readonly wait?: Wait
  readonly timeout?: number
}

export type Wait = Static<typeof wait>
