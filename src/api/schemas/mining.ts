import { type Static, Type as T } from '@sinclair/typebox'

const Address = T.String({ pattern: '^0x[0-9a-f]{40}$', description: '0x and 40 lower-case hex digits.' })

const Target = T.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'The hash of a block, read as a number, may not be above it.',
})

const Mode = T.Union([T.Literal('off'), T.Literal('auto'), T.Literal('interval'), T.Literal('pow')], {
  description:
    'off: on demand only; auto: when a transaction arrives; interval: at a pace; pow: as fast as the difficulty lets it.',
})

const Interval = T.Number({
  minimum: 0.05,
  maximum: 86_400,
  description: 'Seconds between two blocks in mode interval.',
})

export const MiningStatus = T.Object(
  {
    mode: Mode,
    reward_address: T.Union([Address, T.Null()], { description: 'null: none is set.' }),
    interval: Interval,
    threads: T.Integer({
      minimum: 1,
      description: 'Worker threads that search when the difficulty asks for it.',
    }),
    hashes_per_second: T.Integer({ minimum: 0, description: 'Over the last ten seconds.' }),
    blocks_mined: T.Integer({ minimum: 0, description: 'By this node since its start.' }),
    target: Target,
    difficulty: T.Number({
      minimum: 1,
      description: 'How much harder than the easiest block the next one is.',
    }),
  },
  { additionalProperties: false },
)
export type MiningStatus = Static<typeof MiningStatus>

export const MiningChange = T.Object(
  { mode: Mode, reward_address: T.Optional(Address), interval: T.Optional(Interval) },
  { additionalProperties: false, description: 'What is absent stays as it is.' },
)
export type MiningChange = Static<typeof MiningChange>

export const MineRequest = T.Object(
  {
    count: T.Optional(T.Integer({ minimum: 1, maximum: 1000, description: 'Blocks to mine; 1 if absent.' })),
    reward_address: T.Optional(Address),
  },
  { additionalProperties: false, description: 'The address is the node’s own if absent.' },
)
export type MineRequest = Static<typeof MineRequest>

export const MinedBlocks = T.Object(
  {
    hashes: T.Array(T.String(), {
      description: 'In the order of the chain; fewer than asked for where half a minute was not enough.',
    }),
  },
  { additionalProperties: false },
)
export type MinedBlocks = Static<typeof MinedBlocks>

export const TemplateRequest = T.Object(
  { reward_address: T.Optional(Address) },
  { additionalProperties: false, description: 'The address is the node’s own if absent.' },
)
export type TemplateRequest = Static<typeof TemplateRequest>

export const BlockTemplate = T.Object(
  {
    block: T.Object(
      {},
      {
        additionalProperties: true,
        description:
          'The next block in the form POST /blocks/ takes, the coinbase first of its transactions. Its nonce and its hash are to be replaced.',
      },
    ),
    header_hex: T.String({ description: 'The header as it is hashed with SHA-256; its nonce is zero.' }),
    nonce_offset: T.Integer({ description: 'Where the eight bytes of the nonce start in the header.' }),
    target: Target,
  },
  { additionalProperties: false },
)
export type BlockTemplate = Static<typeof BlockTemplate>
