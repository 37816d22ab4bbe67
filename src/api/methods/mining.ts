import { Type as T } from '@sinclair/typebox'
import { methods } from '../method.js'
import {
  BlockTemplate,
  MinedBlocks,
  MineRequest,
  MiningChange,
  MiningStatus,
  TemplateRequest,
} from '../schemas/mining.js'

export interface MiningPort {
  status(): MiningStatus
  change(change: MiningChange): Promise<MiningStatus>
  mineNow(request: MineRequest): Promise<MinedBlocks>
  template(request: TemplateRequest): Promise<BlockTemplate>
}

const method = methods<{ mining: MiningPort }>()

const address = '0xf9f57aab8da3092b4ca786d8bf2dc68d2bd33c11'
const chainId = 'd05c8bb5e1ad1e5a7ee10a5c48b4a59df93e51e2c0f5a20fc5d4f7d0b8a9a1a3'
const target = `0000ffff${'0'.repeat(56)}`

const status: MiningStatus = {
  mode: 'interval',
  reward_address: address,
  interval: 10,
  threads: 3,
  hashes_per_second: 0,
  blocks_mined: 12,
  target,
  difficulty: 1,
}

const template: BlockTemplate = {
  block: {
    version: 1,
    height: 0,
    hash: '19f15c0d6c4a7ab8f9b4e3e4f5ab8bb5d2f2f17e17b6f4dd1e4ee2b3e6f5c6d1',
    previous_hash: chainId,
    merkle_root: '3ac2c3cf3a6f7e4a9a6d9d0b2d5c1a3e1b2f4c5d6e7f8091a2b3c4d5e6f70819',
    transaction_count: 1,
    timestamp: 1_767_225_600_000,
    bits: 0x1f00ffff,
    nonce: '0000000000000000',
    transactions: [{ payload: { kind: 'coinbase', height: 0 } }],
  },
  header_hex: `0000000100000000${chainId}3ac2c3cf3a6f7e4a9a6d9d0b2d5c1a3e1b2f4c5d6e7f8091a2b3c4d5e6f70819000000010000019b76daa4001f00ffff0000000000000000`,
  nonce_offset: 88,
  target,
}

export const mining = {
  'mining.get': method({
    summary: 'Whether and how this node mines, and how hard the next block is',
    params: T.Object({}, { additionalProperties: false }),
    result: MiningStatus,
    http: 'GET /mining/',
    changesWith: ['blockchain.changed'],
    example: { params: {}, result: status },
    handle: (_, { mining }) => mining.status(),
  }),
  'mining.put': method({
    summary: 'Mine in another way from now on',
    params: MiningChange,
    result: MiningStatus,
    http: 'PUT /mining/',
    scope: 'admin',
    example: { params: { mode: 'interval', reward_address: address, interval: 10 }, result: status },
    handle: (change, { mining }) => mining.change(change),
  }),
  'mining.now': method({
    summary: 'Mine blocks now, whatever the mode',
    params: MineRequest,
    result: MinedBlocks,
    http: 'POST /mining/',
    scope: 'admin',
    example: {
      params: { count: 1, reward_address: address },
      result: { hashes: [`0000${chainId.slice(4)}`] },
    },
    handle: (request, { mining }) => mining.mineNow(request),
  }),
  'mining.template': method({
    summary: 'The next block for a miner outside the node, who finds its nonce and sends it to POST /blocks/',
    params: TemplateRequest,
    result: BlockTemplate,
    http: 'GET /mining/template/',
    changesWith: ['blockchain.changed'],
    example: { params: { reward_address: address }, result: template },
    handle: (request, { mining }) => mining.template(request),
  }),
}
