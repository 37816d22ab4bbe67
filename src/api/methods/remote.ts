import { Type as T } from '@sinclair/typebox'
import {
  exampleBacklog,
  exampleContractId,
  exampleDoor,
  exampleKey,
  exampleNewKey,
  exampleRemoteContract,
} from '../examples/remote.js'
import { methods } from '../method.js'
import type { RemotePort } from '../ports/remote.js'
import { Hash, Timestamp } from '../schemas/common.js'
import { ContractDoor, TlsRootCertificate } from '../schemas/contract.js'
import { DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'
import { CustomFields } from '../schemas/record.js'
import {
  BacklogJson,
  ContractRef,
  contractSettings,
  ContractType,
  Env,
  EnvChange,
  KeyJson,
  NewKey,
  RemoteContractJson,
  RemoteDetails,
  RemoteSummary,
  Secrets,
  SecretsChange,
} from '../schemas/remote.js'

const method = methods<{ remote: RemotePort }>()

const OneContract = T.Object({ contract: ContractRef }, { additionalProperties: false })
const summary = { contract: exampleRemoteContract, backlog: exampleBacklog }
const exampleParams = { contract: 'orders' }
const door = { chain_id: Hash, door: ContractDoor, tls_root_certificate: TlsRootCertificate }

/** Remote contracts and their keys: programs elsewhere that are told of the records of one type. What they do: remote-work.ts. */
export const remote = {
  'remote.list': method({
    summary: 'Remote contracts that this node serves, by name, and where they connect',
    params: T.Object(pageParams('^[a-zA-Z0-9-]{1,20}$'), { additionalProperties: false }),
    result: T.Object(
      { ...door, contracts: T.Array(RemoteSummary), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /remote/contracts/',
    changesWith: ['remote.changed', 'remote.backlog', 'remote.streams'],
    example: { params: {}, result: { ...exampleDoor, contracts: [summary], next_cursor: null } },
    handle: async ({ limit = DEFAULT_LIMIT, cursor }, { remote: port }) => {
      const { items, next } = await port.list(cursor, limit)
      return { ...(await port.door()), contracts: [...items], next_cursor: next }
    },
  }),
  'remote.register': method({
    summary:
      'Serve a remote contract: records of its type invoke it from now on; answers with its first API key',
    params: T.Object(
      {
        txn_type: ContractType,
        ...contractSettings,
        env: T.Optional(Env),
        secrets: T.Optional(Secrets),
        custom_fields: T.Optional(CustomFields),
      },
      { additionalProperties: false },
    ),
    result: T.Object({ contract: RemoteContractJson, key: NewKey, ...door }, { additionalProperties: false }),
    http: 'POST /remote/contracts/',
    scope: 'admin',
    errors: ['RECORD_TYPE_TAKEN', 'REMOTE_LIMIT'],
    example: {
      params: { txn_type: 'orders', env: { greeting: 'hello' }, secrets: { 'shop-token': 'tIqH7' } },
      result: { contract: exampleRemoteContract, key: exampleNewKey, ...exampleDoor },
    },
    handle: async (params, { remote: port }) => ({
      ...(await port.register(params)),
      ...(await port.door()),
    }),
  }),
  'remote.get': method({
    summary:
      'One remote contract: how it is worked with, its variables, the names of its secrets, its backlog',
    params: OneContract,
    result: RemoteDetails,
    http: 'GET /remote/contracts/{contract}/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.changed', 'remote.backlog', 'remote.streams'],
    example: {
      params: exampleParams,
      result: {
        ...summary,
        env: { greeting: 'hello' },
        secret_names: ['shop-token'],
        spans: [{ after: 0, up_to: null }],
      },
    },
    handle: ({ contract }, { remote: port }) => port.get(contract),
  }),
  'remote.update': method({
    summary:
      'Change how a remote contract is worked with, its variables or its secrets; connected clients are told',
    params: T.Object(
      {
        contract: ContractRef,
        ...contractSettings,
        env: T.Optional(EnvChange),
        secrets: T.Optional(SecretsChange),
      },
      { additionalProperties: false },
    ),
    result: RemoteContractJson,
    http: 'PUT /remote/contracts/{contract}/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    example: { params: { ...exampleParams, env: { greeting: null } }, result: exampleRemoteContract },
    handle: (params, { remote: port }) => port.update(params),
  }),
  'remote.pause': method({
    summary:
      'Invoke a remote contract by no further record; what waits goes on waiting, its clients are sent away',
    params: OneContract,
    result: RemoteContractJson,
    http: 'POST /remote/contracts/{contract}/pause/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND', 'REMOTE_LIMIT'],
    example: { params: exampleParams, result: { ...exampleRemoteContract, state: 'inactive' } },
    handle: ({ contract }, { remote: port }) => port.pause(contract),
  }),
  'remote.resume': method({
    summary: 'Invoke a remote contract again, by the records that come from now on',
    params: OneContract,
    result: RemoteContractJson,
    http: 'POST /remote/contracts/{contract}/resume/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND', 'REMOTE_LIMIT'],
    example: { params: exampleParams, result: exampleRemoteContract },
    handle: ({ contract }, { remote: port }) => port.resume(contract),
  }),
  'remote.delete': method({
    summary:
      'Serve a remote contract no longer: its keys end, what waits for it is cancelled, its type stays',
    params: OneContract,
    result: T.Object({ contract_id: T.String() }, { additionalProperties: false }),
    http: 'DELETE /remote/contracts/{contract}/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    example: { params: exampleParams, result: { contract_id: exampleContractId } },
    handle: async ({ contract }, { remote: port }) => ({ contract_id: await port.delete(contract) }),
  }),
  'remote.keys': method({
    summary: 'API keys of a remote contract, without what would let anybody in',
    params: OneContract,
    result: T.Object({ keys: T.Array(KeyJson) }, { additionalProperties: false }),
    http: 'GET /remote/contracts/{contract}/keys/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    example: { params: exampleParams, result: { keys: [exampleKey] } },
    handle: async ({ contract }, { remote: port }) => ({ keys: [...(await port.keys(contract))] }),
  }),
  'remote.create_key': method({
    summary: 'A further API key of a remote contract; the others stay as they are',
    params: T.Object(
      { contract: ContractRef, expires_at: T.Optional(Timestamp) },
      { additionalProperties: false },
    ),
    result: NewKey,
    http: 'POST /remote/contracts/{contract}/keys/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND', 'REMOTE_LIMIT'],
    example: { params: exampleParams, result: exampleNewKey },
    handle: ({ contract, expires_at }, { remote: port }) => port.createKey(contract, expires_at),
  }),
  'remote.revoke_key': method({
    summary: 'End an API key at once, and the streams that came in with it',
    params: T.Object(
      { contract: ContractRef, key_id: T.String({ pattern: '^SC_[A-Z]{12}$', description: 'id of a key' }) },
      { additionalProperties: false },
    ),
    result: T.Object({ key_id: T.String() }, { additionalProperties: false }),
    http: 'DELETE /remote/contracts/{contract}/keys/{key_id}/',
    scope: 'admin',
    errors: ['REMOTE_CONTRACT_NOT_FOUND', 'API_KEY_NOT_FOUND'],
    example: {
      params: { ...exampleParams, key_id: exampleKey.key_id },
      result: { key_id: exampleKey.key_id },
    },
    handle: async ({ contract, key_id }, { remote: port }) => {
      await port.revokeKey(contract, key_id)
      return { key_id }
    },
  }),
  'remote.backlog': method({
    summary: 'How many invocations of a remote contract wait, run and ended',
    params: OneContract,
    result: BacklogJson,
    http: 'GET /remote/contracts/{contract}/backlog/',
    errors: ['REMOTE_CONTRACT_NOT_FOUND'],
    changesWith: ['remote.backlog', 'remote.streams'],
    example: { params: exampleParams, result: exampleBacklog },
    handle: ({ contract }, { remote: port }) => port.backlog(contract),
  }),
}
