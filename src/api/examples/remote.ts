import type { RecordAnswer, RecordTypeJson } from '../schemas/record.js'
import type {
  AuditPage,
  BacklogJson,
  InvocationJson,
  InvocationSummary,
  KeyJson,
  NewKey,
  RemoteContractJson,
  StreamJson,
} from '../schemas/remote.js'
import { exampleBlock, exampleTransfer } from './block.js'
import { exampleIdentity } from './contract.js'

export const exampleContractId = '6f1c2a9e-5d0b-4b7e-9c61-2f0f6a3b8d14'
export const exampleRecordId = '0f5a7c3e9b1d2846f0a1b2c3d4e5f60718293a4b5c6d7e8f9012a3b4c5d6e7f8'
const outputId = 'e81d4fae7dec11d0a76500a0c91e6bf6e81d4fae7dec11d0a76500a0c91e6bf6'
const height = exampleBlock.height
const time = exampleBlock.timestamp

export const exampleRemoteContract: RemoteContractJson = {
  contract_id: exampleContractId,
  txn_type: 'orders',
  state: 'active',
  execution_order: 'parallel',
  on_dead: 'continue',
  confirmations: 1,
  lease_ms: 60_000,
  max_runtime_ms: 900_000,
  max_backlog: 1_000_000,
  schedule: null,
  env_version: 2,
  created_at: time,
}

export const exampleKey: KeyJson = {
  key_id: 'SC_QWERTYUIOPAS',
  created_at: time,
  expires_at: null,
  last_used_at: time + 60_000,
}

export const exampleNewKey: NewKey = {
  key_id: exampleKey.key_id,
  api_key: 'SC_QWERTYUIOPAS.b8fT2mKQ0xVtYw3nJrLzC5aHs9DgE7uPi1oXkNvMqRy',
  expires_at: null,
}

export const exampleDoor = {
  chain_id: exampleTransfer.transaction.chain_id,
  door: { ip_address: '127.0.0.1', port: 56000, tls: true, plaintext: true, client_certificates: false },
  tls_root_certificate: exampleIdentity.certificate,
}

export const exampleBacklog: BacklogJson = {
  contract_id: exampleContractId,
  arriving: 2,
  pending: 12,
  leased: 3,
  committed: 1840,
  failed: 2,
  dead: 1,
  cancelled: 0,
  outputs_waiting: 4,
  oldest_at: time,
  streams: 1,
}

export const exampleInvocationId = `${exampleContractId}:${exampleRecordId}`

export const exampleInvocation: InvocationSummary = {
  invocation_id: exampleInvocationId,
  contract_id: exampleContractId,
  kind: 'transaction',
  state: 'committed',
  seq: 1840,
  txn_id: exampleRecordId,
  deliveries: 1,
  failures: 0,
  started_at: time + 5,
  finished_at: time + 40,
  next_attempt_at: null,
  error: null,
  output_txn_id: outputId,
}

export const exampleInvocationJson: InvocationJson = {
  ...exampleInvocation,
  data: { status: 'success', total: 3 },
  stdout: 'order 7: 3 lines\n',
  stderr: '',
  logs_truncated: false,
}

export const exampleDeadLetter: InvocationSummary = {
  ...exampleInvocation,
  state: 'dead',
  deliveries: 5,
  failures: 5,
  error: 'division by zero',
  output_txn_id: null,
}

export const exampleStream: StreamJson = {
  session_id: 'c5a1d6f0-6a0c-4f7e-8d53-0f9f0f4a1f11',
  contract_id: exampleContractId,
  instance_id: '2b6f0cc9-04d1-4d7a-b5c5-1c2d3e4f5a6b',
  language: 'typescript',
  template_version: '1.0.0',
  address: '127.0.0.1:40122',
  key_id: exampleKey.key_id,
  since: time,
  in_flight: 3,
  max_in_flight: 10,
  last_heard: time + 9000,
}

export const exampleAudit: AuditPage = {
  contract_id: exampleContractId,
  height,
  records: 1000,
  pending: 0,
  leased: 0,
  committed: 998,
  failed: 2,
  dead: 0,
  cancelled: 0,
  forgotten: 0,
  outputs: 998,
  outputs_waiting: 0,
  problems: [],
  next_cursor: '1001',
}

export const exampleRecordType: RecordTypeJson = {
  txn_type: 'orders',
  custom_fields: [{ name: 'sku', path: '$.lines[*].sku', type: 'tag' }],
  contract_id: exampleContractId,
  created_at: time,
}

export const exampleRecord: RecordAnswer = {
  kind: 'record',
  status: 'confirmed',
  height,
  index: 1,
  timestamp: time,
  contract_id: null,
  transaction: {
    version: '2',
    dcrn: 'Transaction::L1::FullTransaction',
    header: {
      txn_type: 'orders',
      dc_id: exampleTransfer.transaction.chain_id,
      txn_id: exampleRecordId,
      block_id: String(height),
      timestamp: String(Math.floor(time / 1000)),
      tag: 'shop-3',
      invoker: '',
    },
    payload: { order: 7, lines: [{ sku: 'A-1', count: 3 }] },
  },
}
