import { Type as T } from '@sinclair/typebox'
import {
  exampleDeployed,
  exampleInvoked,
  exampleCallId,
  exampleCallPlace,
  exampleContract,
  exampleContractAnswer,
  exampleNodeKey,
} from '../examples/contract.js'
import { methods } from '../method.js'
import type { ContractsPort } from '../ports/contracts.js'
import { Hash } from '../schemas/common.js'
import {
  callParams,
  CallPlace,
  ContractAnswer,
  ContractDoor,
  ContractName,
  ContractSummary,
  Deployed,
  Deployment,
  Evaluated,
  Invoked,
  NodeKeyJson,
  waiting,
} from '../schemas/contract.js'
import { LooseJson } from '../schemas/loose.js'
import { DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'

const method = methods<{ contracts: ContractsPort }>()

const OneContract = T.Object({ contract: ContractName }, { additionalProperties: false })

const undone = {
  DELETE: 'a contract stays on the chain; deploy it anew with a policy nobody can meet to close it',
} as const

/** Contracts and calls of them. What they left in the state: contract-state.ts. */
export const contracts = {
  'contracts.list': method({
    summary: 'Contracts of the chain, by name, and where their processes and clients dial this node',
    params: T.Object(pageParams('^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'), { additionalProperties: false }),
    result: T.Object(
      {
        channel: T.String({ description: 'What clients of Fabric call this chain.' }),
        door: ContractDoor,
        node_key: NodeKeyJson,
        contracts: T.Array(ContractSummary),
        next_cursor: NextCursor,
      },
      { additionalProperties: false },
    ),
    http: 'GET /contracts/',
    changesWith: ['contracts.changed', 'chain.tip'],
    example: {
      params: {},
      result: {
        channel: 'mychannel',
        door: { ip_address: '127.0.0.1', port: 7052, tls: true, plaintext: true, client_certificates: false },
        node_key: exampleNodeKey,
        contracts: [exampleContract],
        next_cursor: null,
      },
    },
    handle: async ({ limit = DEFAULT_LIMIT, cursor }, { contracts: port }) => {
      const { channel, door, key } = await port.node()
      const { items, next } = await port.list(cursor, limit)
      return { channel, door, node_key: key, contracts: [...items], next_cursor: next }
    },
  }),
  'contracts.deploy': method({
    summary: 'Put the definition of a contract on the chain, or a new version of it',
    params: T.Object({ name: ContractName, ...Deployment, ...waiting }, { additionalProperties: false }),
    result: Deployed,
    http: 'POST /contracts/',
    scope: 'admin',
    errors: ['DEPLOYMENT_REFUSED', 'RULE_BROKEN', 'CALL_INVALID', 'CALL_CONFLICT', 'CALL_TIMEOUT'],
    example: {
      params: { name: 'basic' },
      result: exampleDeployed,
    },
    handle: (params, { contracts: port }) => port.deploy(params),
  }),
  'contracts.get': method({
    summary: 'One contract: what was deployed, and the processes that run it here',
    params: OneContract,
    result: ContractAnswer,
    http: 'GET /contracts/{contract}/',
    refuses: undone,
    errors: ['CONTRACT_NOT_FOUND'],
    changesWith: ['contracts.changed', 'chain.tip'],
    example: { params: { contract: 'basic' }, result: exampleContractAnswer },
    handle: ({ contract }, { contracts: port }) => port.get(contract),
  }),
  'contracts.metadata': method({
    summary: 'What a contract says of itself: its functions, their parameters and results',
    params: OneContract,
    result: LooseJson,
    http: 'GET /contracts/{contract}/metadata/',
    errors: ['CONTRACT_NOT_FOUND', 'CONTRACT_NOT_CONNECTED', 'CALL_FAILED', 'CALL_TIMEOUT'],
    changesWith: ['contracts.changed'],
    example: {
      params: { contract: 'basic' },
      result: {
        info: { title: 'basic', version: '1.0.0' },
        contracts: {
          AssetTransfer: {
            name: 'AssetTransfer',
            transactions: [
              {
                name: 'ReadAsset',
                tags: ['submitTx'],
                parameters: [{ name: 'id', schema: { type: 'string' } }],
              },
            ],
          },
        },
        components: { schemas: {} },
      },
    },
    handle: ({ contract }, { contracts: port }) => port.metadata(contract),
  }),
  'contracts.invoke': method({
    summary: 'Call a function of a contract and put what it wrote on the chain',
    params: T.Object(
      {
        ...callParams,
        is_init: T.Optional(T.Boolean({ description: 'The call that initialises the contract.' })),
        ...waiting,
        retries: T.Optional(
          T.Integer({
            minimum: 0,
            maximum: 100,
            description:
              'Run it again so often where others changed what it read (codes 11, 12); 0 if absent.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    result: Invoked,
    http: 'POST /contracts/{contract}/invoke/',
    scope: 'admin',
    errors: [
      'CONTRACT_NOT_FOUND',
      'CONTRACT_NOT_CONNECTED',
      'IDENTITY_NOT_FOUND',
      'CALL_FAILED',
      'CALL_REFUSED',
      'CALL_CONFLICT',
      'CALL_INVALID',
      'CALL_TIMEOUT',
      'TOO_MANY_CALLS',
      'RULE_BROKEN',
    ],
    example: {
      params: { contract: 'basic', function: 'CreateAsset', args: ['asset1', 'Ann', 100], wait: 'committed' },
      result: exampleInvoked,
    },
    handle: (params, { contracts: port }) => port.invoke(params),
  }),
  'contracts.evaluate': method({
    summary: 'Call a function of a contract for its answer alone',
    params: T.Object(callParams, { additionalProperties: false }),
    result: Evaluated,
    http: 'POST /contracts/{contract}/evaluate/',
    scope: 'admin',
    errors: [
      'CONTRACT_NOT_FOUND',
      'CONTRACT_NOT_CONNECTED',
      'IDENTITY_NOT_FOUND',
      'CALL_FAILED',
      'CALL_REFUSED',
      'CALL_TIMEOUT',
      'TOO_MANY_CALLS',
    ],
    changesWith: ['chain.tip'],
    example: {
      params: { contract: 'basic', function: 'ReadAsset', args: ['asset1'] },
      result: { call_id: exampleCallId, response: exampleInvoked.response },
    },
    handle: (params, { contracts: port }) => port.evaluate(params),
  }),
  'contracts.call': method({
    summary: 'What became of a call, and which transaction won where two were in conflict',
    params: T.Object({ call_id: Hash }, { additionalProperties: false }),
    result: CallPlace,
    http: 'GET /calls/{call_id}/',
    errors: ['CALL_NOT_FOUND', 'TOO_MANY_CALLS'],
    changesWith: ['chain.tip', 'transactions.pending', 'transactions.dropped'],
    example: { params: { call_id: exampleCallId }, result: exampleCallPlace },
    handle: ({ call_id }, { contracts: port }) => port.call(call_id),
  }),
}
