import { createHash, randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { openGrpcPort } from '../../src/contract/peer/grpc-port.js'
import { PrimeEngine } from '../../src/contract/remote/engine/prime-engine.js'
import { TABLE_NAMES } from '../../src/contract/remote/engine/tables.js'
import type { PlacedRecord, RecordSource } from '../../src/contract/remote/record-source.js'
import type { RegistryEventMap, RemoteRegistry } from '../../src/contract/remote/registry.js'
import type { RemoteContract } from '../../src/contract/remote/remote-contract.js'
import { Admission } from '../../src/contract/remote/session/admission.js'
import { FailedAttempts } from '../../src/contract/remote/session/failed-attempts.js'
import { LiveSessions } from '../../src/contract/remote/session/live-sessions.js'
import { addRemoteService } from '../../src/contract/remote/session/remote-service.js'
import { OrderedTables } from '../../src/store/remote/ordered-tables.js'
import { openRemoteRoot } from '../../src/store/remote/remote-root.js'
import { systemClock } from '../../src/time/clock.js'
import { KeyPair } from '../../src/wallet/keys.js'
import { inputOfChild, serveParent } from './child.js'

/** A prime with a backlog of records that are made when they are asked for, on a port and a disk of its own. */
const { folder, records, payloadBytes } = inputOfChild() as {
  readonly folder: string
  readonly records: number
  readonly payloadBytes: number
}
const MAX_TRANSACTION_BYTES = 100_000
const TEXT = 'x'.repeat(payloadBytes)
const CONTRACT: RemoteContract = {
  id: 'contract',
  txnType: 'order',
  state: 'active',
  executionOrder: 'parallel',
  onDead: 'continue',
  confirmations: 1,
  leaseMs: 60_000,
  maxRuntimeMs: 900_000,
  maxBacklog: 1_000_000,
  schedule: null,
  spans: [{ after: 0, upTo: null }],
  envVersion: 1,
  createdMs: 0,
}

const registry: RemoteRegistry = {
  events: new EventEmitter<RegistryEventMap>(),
  get: () => CONTRACT,
  ofType: () => CONTRACT,
  all: () => [CONTRACT],
  environmentOf: () => ({ version: 1, env: {}, secrets: {} }),
  check: (apiKey) => ({ outcome: 'valid', keyId: apiKey, contractId: CONTRACT.id }),
}

const at = (txnType: string, ordinal: number): PlacedRecord | undefined =>
  ordinal > records
    ? undefined
    : {
        ...{ ordinal, txnType, height: Math.floor(ordinal / 1000), index: ordinal % 1000, tag: '' },
        transactionId: createHash('sha256').update(String(ordinal)).digest('hex'),
        timestamp: 1_700_000_000_000,
        payload: { text: TEXT },
      }

const source: RecordSource = {
  chainId: 'chain',
  height: () => records,
  hashAt: String,
  count: () => records,
  at,
  from: () => [],
  carrierOf: () => undefined,
  isPending: () => true,
  submit: () => Promise.resolve(),
  onTip: () => () => undefined,
  onDropped: () => () => undefined,
}

const root = openRemoteRoot(folder)
const prime = PrimeEngine.open({
  ...systemClock,
  ...{ source, registry, randomBytes },
  tables: OrderedTables.open(root, TABLE_NAMES),
  keys: new KeyPair(randomBytes(32)),
  maxTransactionBytes: MAX_TRANSACTION_BYTES,
  monotonicMs: () => performance.now(),
  random: Math.random,
  uuid: () => '',
  log: (message) => process.stderr.write(`${message}\n`),
})
const tell = { began: quiet, ended: quiet, refused: quiet, fault: quiet }
const sessions = new LiveSessions({ prime, registry, clock: systemClock, tell })
const admission = new Admission({ registry, chain: source, failedAttempts: new FailedAttempts(Date.now) })
const port = await openGrpcPort({
  ...{ host: '127.0.0.1', port: 0, maxConnections: 8 },
  maxMessageBytes: 100 * 1024 * 1024,
})
addRemoteService(port, { sessions, admission, prime, chain: source, tell })
serveParent(String(port.port), async () => {
  sessions.close()
  await port.close(0)
  await prime.close()
  await root.close()
})

function quiet(): void {
  // Nobody listens.
}
