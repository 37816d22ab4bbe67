import { type Static, Type as T } from '@sinclair/typebox'
import { exampleBlock, exampleHeader } from '../examples/block.js'
import { methods } from '../method.js'
import { Hash } from '../schemas/common.js'

export const Health = T.Object(
  {
    status: T.Union([T.Literal('ok'), T.Literal('stopping')]),
    role: T.Union([T.Literal('client'), T.Literal('dns')]),
    version: T.String(),
    profile: T.Union([T.Literal('dev'), T.Literal('lan'), T.Literal('public')]),
    chain_id: T.String({ description: '64 hex digits; nodes of other chains are refused.' }),
    height: T.Integer({ minimum: -1 }),
    tip_hash: T.Union([Hash, T.Null()], { description: 'Hash of the last block; null before block 0.' }),
    pending_transactions: T.Integer({ minimum: 0 }),
    known_nodes: T.Integer({ minimum: 0 }),
    rounds: T.Integer({ minimum: 0, description: 'Rounds of discovery since the start.' }),
    seed_reachable: T.Union([T.Boolean(), T.Null()], {
      description: 'null: not asked yet, or no seed server.',
    }),
    uptime_seconds: T.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
)
export type Health = Static<typeof Health>

const method = methods<{ health: () => Health }>()

export const health = {
  'node.health': method({
    summary: 'Whether the node is well, and what it is up to',
    params: T.Object({}, { additionalProperties: false }),
    result: Health,
    http: 'GET /health',
    changesWith: ['nodes.changed', 'blockchain.changed', 'chain.tip', 'transactions.pending'],
    example: {
      params: {},
      result: {
        status: 'ok',
        role: 'client',
        version: '0.1.0',
        profile: 'dev',
        chain_id: exampleBlock.transactions[0]?.chain_id ?? '',
        height: exampleHeader.height,
        tip_hash: exampleHeader.hash,
        pending_transactions: 0,
        known_nodes: 1,
        rounds: 12,
        seed_reachable: true,
        uptime_seconds: 60,
      },
    },
    handle: (_, { health }) => health(),
  }),
}
