import { type Static, type TSchema, Type as T } from '@sinclair/typebox'
import { Address, BlockReference, Hash } from './schemas/common.js'
import { ContractEventJson, ContractName } from './schemas/contract.js'
import { InvocationState } from './schemas/remote.js'

const topic = <P extends TSchema>(
  text: string,
  payload: P,
): { readonly text: string; readonly payload: P } => ({
  text,
  payload,
})

const Nothing = T.Object({}, { additionalProperties: false })
const MaybeBlock = T.Union([BlockReference, T.Null()])

const OneRemote = T.Object({ contract_id: T.String() }, { additionalProperties: false })
const Ended = T.Object(
  {
    contract_id: T.String(),
    invocation_id: T.String(),
    state: InvocationState,
    output_txn_id: T.Union([T.String(), T.Null()]),
  },
  { additionalProperties: false },
)

/** What can happen in a node, and what is told with it. Subscriptions, caches and the live pages follow these. */
export const TOPICS = {
  'nodes.changed': topic('A node was added to or removed from the known nodes.', Nothing),
  'blockchain.changed': topic('The blockchain info was replaced.', Nothing),
  'chain.connected': topic('A block was put on the tip.', BlockReference),
  'chain.disconnected': topic('The tip was taken off: a reorg is under way.', BlockReference),
  'chain.tip': topic(
    'The chain ends elsewhere: blocks were put on, or a reorg ended. null: no block is left.',
    MaybeBlock,
  ),
  'chain.reorg': topic(
    'The chain took another branch.',
    T.Object({
      from: BlockReference,
      to: MaybeBlock,
      fork_point: T.Union([Hash, T.Null()], { description: 'Last block both branches have.' }),
      disconnected: T.Array(Hash, { description: 'The former tip first.' }),
      connected: T.Array(Hash, { description: 'The lowest first.' }),
    }),
  ),
  'chain.side': topic('A block beside the chain is held now.', BlockReference),
  'transactions.pending': topic(
    'A transaction waits for a block.',
    T.Object({ id: Hash, addresses: T.Array(Address, { description: 'Whom its outputs pay.' }) }),
  ),
  'transactions.dropped': topic(
    'A transaction no longer waits: replaced, evicted, expired or in conflict with a block.',
    T.Object({ id: Hash, reason: T.String() }),
  ),
  'contracts.changed': topic('A contract was deployed, or a process of one came or went.', Nothing),
  'contracts.event': topic(
    'A valid call of a contract left an event in a block of the chain.',
    ContractEventJson,
  ),
  'contracts.called': topic(
    'A contract answered a call at this node (told in profile dev only).',
    T.Object({
      contract: ContractName,
      call_id: Hash,
      function: T.String(),
      kind: T.Union([T.Literal('invoke'), T.Literal('evaluate')]),
      status: T.Union([T.Integer(), T.Null()], { description: 'null: it gave no answer.' }),
      message: T.String(),
      milliseconds: T.Number(),
    }),
  ),
  'contracts.committed': topic(
    'A block holds a call that this node saw, valid or not.',
    T.Object({
      contract: T.String(),
      call_id: Hash,
      height: T.Integer(),
      code: T.Integer(),
      code_name: T.String(),
      reason: T.Union([T.String(), T.Null()]),
    }),
  ),
  'remote.changed': topic(
    'A remote contract was registered, changed, paused, resumed or deleted.',
    OneRemote,
  ),
  'remote.backlog': topic(
    'Invocations of a remote contract came, went to a client or ended (told at most 4 times a second).',
    OneRemote,
  ),
  'remote.streams': topic(
    'Clients of a remote contract connected or went (told at most 4 times a second).',
    OneRemote,
  ),
  'remote.ended': topic('An invocation of a remote contract ended.', Ended),
  'remote.dead_letter': topic('An invocation of a remote contract was given up.', Ended),
} as const

export type Topic = keyof typeof TOPICS
export type TopicPayload<N extends Topic> = Static<(typeof TOPICS)[N]['payload']>
