import { Type as T } from '@sinclair/typebox'
import { methods } from '../method.js'
import { BlockchainInfo } from '../schemas/info.js'

export interface BlockchainPort {
  get(): BlockchainInfo
  put(info: BlockchainInfo): Promise<BlockchainInfo>
}

const method = methods<{ blockchain: BlockchainPort }>()

const example: BlockchainInfo = {
  name: 'test_blockchain',
  height: -1,
  total_transactions: 0,
  total_addresses: 0,
  block_time: 300,
  block_reward: 1.5,
}

export const blockchain = {
  'blockchain.get': method({
    summary: 'What this node says about its chain',
    params: T.Object({}, { additionalProperties: false }),
    result: BlockchainInfo,
    http: 'GET /blockchain/',
    changesWith: ['blockchain.changed', 'chain.tip'],
    example: { params: {}, result: example },
    handle: (_, { blockchain }) => blockchain.get(),
  }),
  'blockchain.put': method({
    summary: 'Replace the blockchain info: founds a network while the node holds no block',
    params: BlockchainInfo,
    result: BlockchainInfo,
    http: 'PUT /blockchain/',
    scope: 'admin',
    errors: ['INFO_CONFLICT'],
    example: { params: example, result: example },
    handle: (info, { blockchain }) => blockchain.put(info),
  }),
}
