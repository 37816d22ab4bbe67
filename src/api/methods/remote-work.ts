import { Type as T } from '@sinclair/typebox'
import {
  exampleAudit,
  exampleContractId,
  exampleDeadLetter,
  exampleInvocation,
  exampleInvocationId,
  exampleInvocationJson,
  exampleStream,
} from '../examples/remote.js'
import { methods } from '../method.js'
import type { RemotePort } from '../ports/remote.js'
import { Timestamp } from '../schemas/common.js'
import { cursorNumber, DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'
import {
  AuditPage,
  ContractRef,
  HeapValue,
  InvocationId,
  InvocationJson,
  InvocationState,
  InvocationSummary,
  LogLineJson,
  StreamJson,
} from '../schemas/remote.js'

const method = methods<{ remote: RemotePort }>()

const INVOCATION_CURSOR = '^[\\x21-\\x7e]{1,256}$'
/** Log lines of callers that name no number, and the most: each may take 64 KiB. */
const DEFAULT_TAIL = 100
const MAX_TAIL = 200
/** Records that one page of an audit looks at. */
const AUDIT_LIMIT = 1000

const OneInvocation = T.Object({ invocation_id: InvocationId }, { additionalProperties: false })
const Invocations = T.Object(
  { invocations: T.Array(InvocationSummary), next_cursor: NextCursor },
  { additionalProperties: false },
)
const HeapKey = T.String({ minLength: 1, maxLength: 1024, description: 'a key, as the contract gave it' })
const contract = 'orders'
const oneInvocation = { invocation_id: exampleInvocationId }

/** What remote contracts did and do. */
export const remoteWork = {
  'remote.invocations': method({
    summary: 'Invocations of a remote contract, the oldest first, without results and logs',
    params: T.Object(
      { contract: ContractRef, state: T.Optional(InvocationState), ...pageParams(INVOCATION_CURSOR) },
      { additionalProperties: false },
    ),
    result: Invocations,
    http: 'GET /remote/contracts/{contract}/invocations/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.backlog'],
    example: {
      params: { contract, state: 'committed' },
      result: { invocations: [exampleInvocation], next_cursor: null },
    },
    handle: async ({ contract: name, state, limit = DEFAULT_LIMIT, cursor }, { remote: port }) => {
      const { items, next } = await port.invocations(name, state, cursor, limit)
      return { invocations: [...items], next_cursor: next }
    },
  }),
  'remote.invocation': method({
    summary: 'One invocation of a remote contract, with its result and its logs',
    params: OneInvocation,
    result: InvocationJson,
    http: 'GET /remote/invocations/{invocation_id}/',
    scope: 'admin',
    errors: ['INVOCATION_NOT_FOUND'],
    changesWith: ['remote.backlog'],
    example: { params: oneInvocation, result: exampleInvocationJson },
    handle: ({ invocation_id }, { remote: port }) => port.invocation(invocation_id),
  }),
  'remote.dead_letters': method({
    summary: 'Invocations of a remote contract that were given up, the oldest first',
    params: T.Object(
      { contract: ContractRef, ...pageParams(INVOCATION_CURSOR) },
      { additionalProperties: false },
    ),
    result: Invocations,
    http: 'GET /remote/contracts/{contract}/dead-letters/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.backlog', 'remote.dead_letter'],
    example: { params: { contract }, result: { invocations: [exampleDeadLetter], next_cursor: null } },
    handle: async ({ contract: name, limit = DEFAULT_LIMIT, cursor }, { remote: port }) => {
      const { items, next } = await port.invocations(name, 'dead', cursor, limit)
      return { invocations: [...items], next_cursor: next }
    },
  }),
  'remote.retry': method({
    summary: 'One more attempt for an invocation that was given up',
    params: OneInvocation,
    result: InvocationSummary,
    http: 'POST /remote/dead-letters/{invocation_id}/retry/',
    scope: 'admin',
    errors: ['INVOCATION_NOT_FOUND', 'INVOCATION_NOT_DEAD'],
    example: { params: oneInvocation, result: { ...exampleDeadLetter, state: 'pending' } },
    handle: ({ invocation_id }, { remote: port }) => port.retry(invocation_id),
  }),
  'remote.discard': method({
    summary: 'Strike an invocation that was given up off the dead letters',
    params: OneInvocation,
    result: OneInvocation,
    http: 'DELETE /remote/dead-letters/{invocation_id}/',
    scope: 'admin',
    errors: ['INVOCATION_NOT_FOUND', 'INVOCATION_NOT_DEAD'],
    example: { params: oneInvocation, result: oneInvocation },
    handle: async ({ invocation_id }, { remote: port }) => {
      await port.discard(invocation_id)
      return { invocation_id }
    },
  }),
  'remote.invoke': method({
    summary: 'Invoke a remote contract without a record; answers once the invocation is kept',
    params: T.Object(
      { contract: ContractRef, payload: T.Unsafe<unknown>({ description: 'Any JSON.' }) },
      { additionalProperties: false },
    ),
    result: OneInvocation,
    http: 'POST /remote/contracts/{contract}/invoke/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND', 'REMOTE_CONTRACT_INACTIVE', 'BACKLOG_FULL', 'BODY_TOO_LARGE'],
    example: {
      params: { contract, payload: { order: 7 } },
      result: { invocation_id: `${exampleContractId}:manual:0d9c1b2a-3f4e-4d5c-8b6a-7f8e9d0c1b2a` },
    },
    handle: async ({ contract: name, payload }, { remote: port }) => ({
      invocation_id: await port.invoke(name, payload),
    }),
  }),
  'remote.logs': method({
    summary: 'What the last invocations of a remote contract printed, the oldest first',
    params: T.Object(
      {
        contract: ContractRef,
        since: T.Optional(Timestamp),
        tail: T.Optional(
          T.Integer({ minimum: 1, maximum: MAX_TAIL, description: `${DEFAULT_TAIL} if absent.` }),
        ),
      },
      { additionalProperties: false },
    ),
    result: T.Object({ lines: T.Array(LogLineJson) }, { additionalProperties: false }),
    http: 'GET /remote/contracts/{contract}/logs/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.ended'],
    example: {
      params: { contract, tail: 1 },
      result: {
        lines: [
          {
            invocation_id: exampleInvocationId,
            finished_at: exampleInvocation.finished_at ?? 0,
            stdout: exampleInvocationJson.stdout,
            stderr: '',
            truncated: false,
          },
        ],
      },
    },
    handle: async ({ contract: name, since = 0, tail = DEFAULT_TAIL }, { remote: port }) => ({
      lines: [...(await port.logs(name, since, tail))],
    }),
  }),
  'remote.heap': method({
    summary: 'What a remote contract put under a key last',
    params: T.Object({ contract: ContractRef, key: HeapKey }, { additionalProperties: false }),
    result: HeapValue,
    http: 'GET /remote/contracts/{contract}/heap/{key}/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND', 'HEAP_KEY_NOT_FOUND'],
    changesWith: ['remote.ended'],
    example: {
      params: { contract, key: 'total' },
      result: { contract_id: exampleContractId, key: 'total', value: { EUR: 1200 } },
    },
    handle: ({ contract: name, key }, { remote: port }) => port.heap(name, key),
  }),
  'remote.heap_keys': method({
    summary: 'Keys that a remote contract put something under, by name',
    params: T.Object(
      {
        contract: ContractRef,
        prefix: T.Optional(T.String({ maxLength: 1024 })),
        ...pageParams('^[\\s\\S]{1,1024}$'),
      },
      { additionalProperties: false },
    ),
    result: T.Object({ keys: T.Array(T.String()), next_cursor: NextCursor }, { additionalProperties: false }),
    http: 'GET /remote/contracts/{contract}/heap/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.ended'],
    example: { params: { contract, prefix: 'to' }, result: { keys: ['total'], next_cursor: null } },
    handle: async ({ contract: name, prefix = '', limit = DEFAULT_LIMIT, cursor }, { remote: port }) => {
      const { items, next } = await port.heapKeys(name, prefix, cursor, limit)
      return { keys: [...items], next_cursor: next }
    },
  }),
  'remote.streams': method({
    summary: 'Clients of remote contracts that are connected, the oldest first',
    params: T.Object({ contract: T.Optional(ContractRef) }, { additionalProperties: false }),
    result: T.Object({ streams: T.Array(StreamJson) }, { additionalProperties: false }),
    http: 'GET /remote/streams/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.streams', 'remote.backlog'],
    example: { params: { contract }, result: { streams: [exampleStream] } },
    handle: async ({ contract: name }, { remote: port }) => ({ streams: [...(await port.streams(name))] }),
  }),
  'remote.audit': method({
    summary:
      'Whether records of a remote contract ended once each, with one output on the chain where one is due',
    params: T.Object(
      { contract: ContractRef, ...pageParams('^\\d{1,16}$', AUDIT_LIMIT) },
      { additionalProperties: false },
    ),
    result: AuditPage,
    http: 'GET /remote/contracts/{contract}/audit/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.backlog', 'chain.tip'],
    example: { params: { contract, limit: 1000 }, result: exampleAudit },
    handle: ({ contract: name, limit = AUDIT_LIMIT, cursor = '1' }, { remote: port }) =>
      port.audit(name, Math.max(1, cursorNumber(cursor, Number.MAX_SAFE_INTEGER)), limit),
  }),
}
