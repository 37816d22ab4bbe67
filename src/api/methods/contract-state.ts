import { Type as T } from '@sinclair/typebox'
import { fail } from '../errors.js'
import { exampleBlock, exampleTransfer } from '../examples/block.js'
import { exampleAsset, exampleCallId } from '../examples/contract.js'
import { methods } from '../method.js'
import type { ContractsPort } from '../ports/contracts.js'
import { Hash } from '../schemas/common.js'
import {
  ContractEventJson,
  ContractName,
  HistoryEntryJson,
  QueryResult,
  StateEntry,
} from '../schemas/contract.js'
import { cursorNumber, DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'

const method = methods<{ contracts: ContractsPort }>()

const Key = T.String({ maxLength: 1024, description: 'A key, as the contract wrote it.' })

const height = exampleBlock.height
const asset = { key: 'asset1', value: exampleAsset }
const entry = { ...asset, version: { height, index: 1 } }

/** What contracts left on the chain: their state, its history, their events. */
export const contractState = {
  'contracts.state': method({
    summary: 'Keys and values of a contract, one by its key or many by a range, in the order of their bytes',
    params: T.Object(
      {
        contract: ContractName,
        key: T.Optional(Key),
        start: T.Optional(Key),
        end: T.Optional(T.String({ maxLength: 1024, description: 'The first key that is not wanted.' })),
        ...pageParams('^([0-9a-f]{2})*$'),
      },
      { additionalProperties: false },
    ),
    result: T.Object(
      { contract: ContractName, entries: T.Array(StateEntry), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /contracts/{contract}/state/',
    errors: ['CONTRACT_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: {
      params: { contract: 'basic', start: 'asset1', end: 'asset2' },
      result: { contract: 'basic', entries: [entry], next_cursor: null },
    },
    handle: async ({ contract, key, start = '', end = '', limit = DEFAULT_LIMIT, cursor }, { contracts }) => {
      if (key !== undefined) {
        const found = await contracts.value(contract, key)
        return { contract, entries: found ? [found] : [], next_cursor: null }
      }
      const from = cursor === undefined ? start : textOfHex(cursor)
      const { items, next } = await contracts.range(contract, from, end, limit)
      return { contract, entries: [...items], next_cursor: next === null ? null : hexOfText(next) }
    },
  }),
  'contracts.query': method({
    summary: 'Values of a contract that are JSON objects and fit a selector, as CouchDB takes it',
    params: T.Object(
      {
        contract: ContractName,
        selector: T.Unsafe<object>({ type: 'object' }),
        sort: T.Optional(T.Array(T.Unsafe<unknown>({}))),
        fields: T.Optional(T.Array(T.String())),
        skip: T.Optional(T.Integer({ minimum: 0 })),
        ...pageParams('^[\\x20-\\x7e]*$'),
      },
      { additionalProperties: false },
    ),
    result: T.Object(
      { contract: ContractName, entries: T.Array(QueryResult), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'POST /contracts/{contract}/query/',
    errors: ['CONTRACT_NOT_FOUND', 'CALL_REFUSED'],
    changesWith: ['chain.tip'],
    example: {
      params: { contract: 'basic', selector: { Owner: 'Ann' } },
      result: { contract: 'basic', entries: [asset], next_cursor: null },
    },
    handle: async ({ contract, limit = DEFAULT_LIMIT, cursor = '', ...query }, { contracts }) => {
      const { items, next } = await contracts.query(contract, query, limit, cursor)
      return { contract, entries: [...items], next_cursor: next }
    },
  }),
  'contracts.history': method({
    summary: 'All values a key ever had, the newest first',
    params: T.Object(
      { contract: ContractName, key: Key, ...pageParams('^\\d{1,9}$') },
      { additionalProperties: false },
    ),
    result: T.Object(
      {
        contract: ContractName,
        key: T.String(),
        history: T.Array(HistoryEntryJson),
        next_cursor: NextCursor,
      },
      { additionalProperties: false },
    ),
    http: 'GET /contracts/{contract}/history/',
    errors: ['CONTRACT_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: {
      params: { contract: 'basic', key: 'asset1' },
      result: {
        contract: 'basic',
        key: 'asset1',
        history: [{ call_id: exampleCallId, timestamp: exampleBlock.timestamp, value: exampleAsset }],
        next_cursor: null,
      },
    },
    handle: async ({ contract, key, limit = DEFAULT_LIMIT, cursor = '0' }, { contracts }) => {
      const skip = cursorNumber(cursor, 1_000_000_000)
      const { items, next } = await contracts.history(contract, key, skip, limit)
      return { contract, key, history: [...items], next_cursor: next === null ? null : String(next) }
    },
  }),
  'contracts.events': method({
    summary: 'Events that valid calls of a contract left in the blocks after a height',
    params: T.Object(
      {
        contract: ContractName,
        after_height: T.Optional(
          T.Integer({ minimum: -1, maximum: 0xffffffff, description: '-1, if absent.' }),
        ),
        after_call_id: T.Optional(Hash),
        limit: pageParams('').limit,
      },
      { additionalProperties: false },
    ),
    result: T.Object(
      {
        contract: ContractName,
        events: T.Array(ContractEventJson),
        read_to: T.Integer({
          minimum: -1,
          description:
            'Last height that was read to its end: the next after_height. Below the tip there is more.',
        }),
      },
      { additionalProperties: false },
    ),
    http: 'GET /contracts/{contract}/events/',
    errors: ['CONTRACT_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: {
      params: { contract: 'basic', after_height: height - 1 },
      result: {
        contract: 'basic',
        events: [
          {
            contract: 'basic',
            call_id: exampleCallId,
            transaction_id: exampleTransfer.id,
            height,
            name: 'CreateAsset',
            payload: exampleAsset,
          },
        ],
        read_to: height,
      },
    },
    handle: async (
      { contract, after_height: afterHeight = -1, after_call_id: afterCallId, limit = DEFAULT_LIMIT },
      { contracts },
    ) => {
      const { items, readTo } = await contracts.events({ contract, afterHeight, afterCallId, limit })
      return { contract, events: [...items], read_to: readTo }
    },
  }),
}

/** Keys may hold anything, cursors are plain. */
function hexOfText(text: string): string {
  return Array.from(encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|([^%])/g), ([, byte, plain = '']) =>
    (byte ?? plain.charCodeAt(0).toString(16).padStart(2, '0')).toLowerCase(),
  ).join('')
}

function textOfHex(hex: string): string {
  try {
    return decodeURIComponent(hex.replaceAll(/../g, '%$&'))
  } catch {
    return fail('INVALID_PARAMS', 'cursor is none of this list', { path: '/cursor' })
  }
}
