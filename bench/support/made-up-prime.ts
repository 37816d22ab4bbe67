import { hash, randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { PrimeEngine } from '../../src/contract/remote/engine/prime-engine.js'
import type { Tables } from '../../src/contract/remote/engine/tables.js'
import type { PlacedRecord, RecordSource } from '../../src/contract/remote/record-source.js'
import type { RegistryEventMap, RemoteRegistry } from '../../src/contract/remote/registry.js'
import { systemClock } from '../../src/time/clock.js'
import { KeyPair } from '../../src/wallet/keys.js'
import { sampleContract } from '../../test/contract/remote/sample-contract.js'

const ORDINAL_DIGITS = 8
const MAX_TRANSACTION_BYTES = 100_000

export const CONTRACT = sampleContract()

/** Knows one contract, and lets everybody in. */
export const registry: RemoteRegistry = {
  events: new EventEmitter<RegistryEventMap>(),
  get: () => CONTRACT,
  ofType: () => CONTRACT,
  all: () => [CONTRACT],
  environmentOf: () => ({ version: 1, env: {}, secrets: {} }),
  check: (apiKey) => ({ outcome: 'valid', keyId: apiKey, contractId: CONTRACT.id }),
}

/** So many records, made when they are asked for: the chain's own cost is another bench's. */
export function madeUpRecords(records: number, payloadBytes: number): RecordSource {
  const text = 'x'.repeat(payloadBytes)
  const at = (txnType: string, ordinal: number): PlacedRecord | undefined =>
    ordinal > records
      ? undefined
      : {
          ...{ ordinal, txnType, height: Math.floor(ordinal / 1000), index: ordinal % 1000, tag: '' },
          transactionId: idOf(ordinal),
          timestamp: 1_700_000_000_000,
          payload: { text },
        }
  return {
    chainId: 'c'.repeat(64),
    height: () => records,
    hashAt: String,
    count: () => records,
    at,
    ordinalOf(_txnType, transactionId) {
      const ordinal = Number.parseInt(transactionId.slice(-ORDINAL_DIGITS), 16)
      return ordinal <= records && idOf(ordinal) === transactionId ? ordinal : undefined
    },
    from: () => [],
    carrierOf: () => undefined,
    isPending: () => true,
    submit: () => Promise.resolve(),
    onTip: () => () => undefined,
    onDropped: () => () => undefined,
  }
}

/** Like a hash, but for its last digits. */
function idOf(ordinal: number): string {
  const digits = ordinal.toString(16).padStart(ORDINAL_DIGITS, '0')
  return hash('sha256', digits).slice(0, -ORDINAL_DIGITS) + digits
}

/** A prime whose backlog is made up, over tables that are not. */
export function madeUpPrime(tables: Tables, source: RecordSource): PrimeEngine {
  return PrimeEngine.open({
    ...systemClock,
    ...{ source, registry, tables, randomBytes },
    keys: new KeyPair(randomBytes(32)),
    maxTransactionBytes: MAX_TRANSACTION_BYTES,
    monotonicMs: () => performance.now(),
    random: Math.random,
    uuid: () => '',
    log: (message) => process.stderr.write(`${message}\n`),
  })
}
