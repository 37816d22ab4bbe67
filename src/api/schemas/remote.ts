import { type Static, type TProperties, Type as T } from '@sinclair/typebox'
import { Count, Hash, Timestamp } from './common.js'
import { LooseJson } from './loose.js'

const object = <P extends TProperties>(properties: P, description?: string) =>
  T.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })
const orNull = <S extends ReturnType<typeof T.Integer | typeof T.String>>(schema: S, description: string) =>
  T.Union([schema, T.Null()], { description })

/** Names a contract by its id or by its type. */
export const ContractRef = T.String({
  pattern: '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-zA-Z0-9][a-zA-Z0-9-]{1,19})$',
  description: 'the id or the name of a remote contract',
})

export const ContractType = T.String({
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9-]{1,19}$',
  description: 'the type of records that invoke it, and its name: 2 to 20 letters, digits and -',
})

export const InvocationId = T.String({
  pattern: '^[\\x21-\\x2e\\x30-\\x7e]{1,256}$',
  description: 'the id of an invocation: the id of the contract, a colon, and what invoked it',
})

const Milliseconds = (minimum: number, maximum: number, description: string) =>
  T.Integer({ minimum, maximum, description })

const ExecutionOrder = T.Union([T.Literal('serial'), T.Literal('parallel')], {
  description: 'serial: one invocation at a time, in the order of the chain.',
})
const OnDead = T.Union([T.Literal('continue'), T.Literal('halt')], {
  description: 'What a serial contract does whose oldest invocation is dead.',
})
const Confirmations = T.Integer({
  minimum: 1,
  maximum: 10_000,
  description: 'Blocks that must stand on a record, its own included.',
})
const LeaseMs = Milliseconds(
  1000,
  3_600_000,
  'An invocation whose client says nothing for so long is given to another.',
)
const MaxRuntimeMs = Milliseconds(1000, 86_400_000, 'The most that one attempt may take.')
const MaxBacklog = T.Integer({
  minimum: 10,
  maximum: 100_000_000,
  description: 'From 90 % of so many waiting invocations on the node takes no more records of the type.',
})
const Schedule = T.Union(
  [
    object({ seconds: T.Integer({ minimum: 1, maximum: 60 }) }),
    object({ cron: T.String({ maxLength: 256, description: 'Five fields, in UTC.' }) }),
    T.Null(),
  ],
  { description: '{"seconds": 30}, {"cron": "0 * * * *"} or null: when it is invoked without a record.' },
)

export const RemoteContractJson = object({
  contract_id: T.String(),
  txn_type: T.String(),
  state: T.Union([T.Literal('active'), T.Literal('inactive')]),
  execution_order: ExecutionOrder,
  on_dead: OnDead,
  confirmations: Confirmations,
  lease_ms: LeaseMs,
  max_runtime_ms: MaxRuntimeMs,
  max_backlog: MaxBacklog,
  schedule: Schedule,
  env_version: T.Integer({ description: 'Grows with every change of env and secrets.' }),
  created_at: Timestamp,
})
export type RemoteContractJson = Static<typeof RemoteContractJson>

const Value = T.Union([T.String(), T.Number(), T.Boolean()], { description: 'a text, a number or a boolean' })

/** What people may say of a contract; the defaults of the node hold for the rest. */
export const contractSettings = {
  execution_order: T.Optional(ExecutionOrder),
  on_dead: T.Optional(OnDead),
  confirmations: T.Optional(Confirmations),
  lease_ms: T.Optional(LeaseMs),
  max_runtime_ms: T.Optional(MaxRuntimeMs),
  max_backlog: T.Optional(MaxBacklog),
  schedule: T.Optional(Schedule),
}

export interface ContractSettingsJson {
  readonly execution_order?: 'serial' | 'parallel'
  readonly on_dead?: 'continue' | 'halt'
  readonly confirmations?: number
  readonly lease_ms?: number
  readonly max_runtime_ms?: number
  readonly max_backlog?: number
  readonly schedule?: { readonly seconds: number } | { readonly cron: string } | null
}

export const Env = T.Record(T.String(), Value, { description: 'Variables: NAME becomes SC_ENV_NAME.' })
export const EnvChange = T.Record(T.String(), T.Union([Value, T.Null()]), {
  description: 'Variables to set; null takes one away, others stay.',
})
export const Secrets = T.Record(T.String(), T.String(), {
  description: 'Kept encrypted and never shown: my-token becomes SC_SECRET_MY_TOKEN.',
})
export const SecretsChange = T.Record(T.String(), T.Union([T.String(), T.Null()]), {
  description: 'Secrets to set; null takes one away, others stay.',
})

export interface RegisterParams extends ContractSettingsJson {
  readonly txn_type: string
  readonly env?: Readonly<Record<string, string | number | boolean>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly custom_fields?: readonly CustomFieldJson[]
}

export interface CustomFieldJson {
  readonly name: string
  readonly path: string
  readonly type: 'text' | 'tag' | 'number'
  readonly separator?: string
}

export interface UpdateParams extends ContractSettingsJson {
  readonly contract: string
  readonly env?: Readonly<Record<string, string | number | boolean | null>>
  readonly secrets?: Readonly<Record<string, string | null>>
}

export const KeyJson = object({
  key_id: T.String(),
  created_at: Timestamp,
  expires_at: orNull(Timestamp, 'null: never.'),
  last_used_at: orNull(Timestamp, 'null: not yet.'),
})
export type KeyJson = Static<typeof KeyJson>

const ApiKey = T.String({ description: 'Shown this once: nobody can read it again.' })

export const NewKey = object({
  key_id: T.String(),
  api_key: ApiKey,
  expires_at: orNull(Timestamp, 'null: never.'),
})
export type NewKey = Static<typeof NewKey>

export const BacklogJson = object({
  contract_id: T.String(),
  arriving: T.Integer({ minimum: 0, description: 'Records that wait for their block.' }),
  pending: Count,
  leased: T.Integer({ minimum: 0, description: 'A client works on them.' }),
  committed: Count,
  failed: T.Integer({ minimum: 0, description: 'The contract said so; final.' }),
  dead: T.Integer({ minimum: 0, description: 'Given up after too many attempts; see the dead letters.' }),
  cancelled: Count,
  outputs_waiting: T.Integer({ minimum: 0, description: 'Outputs that stand in no block yet.' }),
  oldest_at: orNull(Timestamp, 'When the oldest that is pending came into the chain.'),
  streams: T.Integer({ minimum: 0, description: 'Clients that are connected.' }),
})
export type BacklogJson = Static<typeof BacklogJson>

export const RemoteSummary = object({ contract: RemoteContractJson, backlog: BacklogJson })
export type RemoteSummary = Static<typeof RemoteSummary>

export const RemoteDetails = object({
  contract: RemoteContractJson,
  backlog: BacklogJson,
  env: T.Record(T.String(), T.String()),
  secret_names: T.Array(T.String()),
  spans: T.Array(
    object({ after: Count, up_to: T.Union([Count, T.Null()]) }, 'Records of these places invoke it.'),
  ),
})
export type RemoteDetails = Static<typeof RemoteDetails>

export const InvocationState = T.Union(
  (['pending', 'leased', 'committed', 'failed', 'dead', 'cancelled'] as const).map((state) =>
    T.Literal(state),
  ),
  { description: 'pending, leased, committed, failed, dead or cancelled' },
)
export type InvocationState = Static<typeof InvocationState>

const invocation = {
  invocation_id: T.String(),
  contract_id: T.String(),
  kind: T.Union([T.Literal('transaction'), T.Literal('scheduled'), T.Literal('manual')]),
  state: InvocationState,
  seq: T.Integer({ description: 'How manieth record of its type; 0 where none stands behind it.' }),
  txn_id: T.String(),
  deliveries: Count,
  failures: Count,
  started_at: orNull(Timestamp, 'null: not yet.'),
  finished_at: orNull(Timestamp, 'null: not yet.'),
  next_attempt_at: orNull(Timestamp, 'Not before then is it tried again.'),
  error: T.Union([T.String(), T.Null()]),
  output_txn_id: T.Union([T.String(), T.Null()]),
}

export const InvocationSummary = object(invocation)
export type InvocationSummary = Static<typeof InvocationSummary>

export const InvocationJson = object({
  ...invocation,
  data: T.Unsafe<unknown>({ description: 'The result; null: none.' }),
  stdout: T.String(),
  stderr: T.String(),
  logs_truncated: T.Boolean(),
})
export type InvocationJson = Static<typeof InvocationJson>

export const LogLineJson = object({
  invocation_id: T.String(),
  finished_at: Timestamp,
  stdout: T.String(),
  stderr: T.String(),
  truncated: T.Boolean(),
})
export type LogLineJson = Static<typeof LogLineJson>

export const HeapValue = object({ contract_id: T.String(), key: T.String(), value: LooseJson })
export type HeapValue = Static<typeof HeapValue>

export const StreamJson = object({
  session_id: T.String(),
  contract_id: T.String(),
  instance_id: T.String({ description: 'One process: stays the same when it connects again.' }),
  language: T.String(),
  template_version: T.String(),
  address: T.String(),
  key_id: T.String({ description: 'Of the API key it came in with.' }),
  since: Timestamp,
  in_flight: Count,
  max_in_flight: Count,
  last_heard: Timestamp,
})
export type StreamJson = Static<typeof StreamJson>

export const AuditProblem = object({
  seq: Count,
  transaction_id: Hash,
  invocation_id: T.String(),
  problem: T.Union(
    [
      T.Literal('unknown'),
      T.Literal('output missing'),
      T.Literal('output differs'),
      T.Literal('output unexpected'),
    ],
    {
      description:
        'unknown: the node has no trace of the invocation. output differs: another than it made is on the chain.',
    },
  ),
})
export type AuditProblem = Static<typeof AuditProblem>

export const AuditPage = object({
  contract_id: T.String(),
  height: T.Integer({ minimum: -1, description: 'Of the chain that was looked at.' }),
  records: T.Integer({ minimum: 0, description: 'Looked at on this page.' }),
  pending: Count,
  leased: Count,
  committed: Count,
  failed: Count,
  dead: Count,
  cancelled: Count,
  forgotten: T.Integer({
    minimum: 0,
    description: 'Ended so long ago that the node has no more of them than what stands on the chain.',
  }),
  outputs: T.Integer({ minimum: 0, description: 'Due, and on the chain exactly once.' }),
  outputs_waiting: T.Integer({ minimum: 0, description: 'Due, and waiting for a block.' }),
  problems: T.Array(AuditProblem),
  next_cursor: T.Union([T.String(), T.Null()], {
    description: 'Cursor of the next page; null: this is the last.',
  }),
})
export type AuditPage = Static<typeof AuditPage>
