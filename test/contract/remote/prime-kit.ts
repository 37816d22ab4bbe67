import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type {
  Acknowledgement,
  Attached,
  Client,
  Delivery,
  Held,
  Outcome,
} from '../../../src/contract/remote/prime.js'
import type { RegistryEventMap } from '../../../src/contract/remote/registry.js'
import type { RemoteContract } from '../../../src/contract/remote/remote-contract.js'
import { PrimeEngine } from '../../../src/contract/remote/engine/prime-engine.js'
import type { PrimeLimits } from '../../../src/contract/remote/engine/prime-parts.js'
import type { Tables } from '../../../src/contract/remote/engine/tables.js'
import { ErrorKind } from '../../../src/contract/wire/remote.js'
import { KeyPair } from '../../../src/wallet/keys.js'
import { sampleContract } from './sample-contract.js'
import { MemoryRecords, type TestRecord } from './memory-records.js'
import { MemoryTables } from './memory-tables.js'

export const CONTRACT_ID = sampleContract().id
export const KEYS = new KeyPair(Buffer.alloc(32, 7))

export const testContract = sampleContract

export class MemoryRegistry {
  readonly events = new EventEmitter<RegistryEventMap>()
  readonly #contracts = new Map<string, RemoteContract>()

  get(contractId: string): RemoteContract | undefined {
    return this.#contracts.get(contractId)
  }

  all(): Iterable<RemoteContract> {
    return this.#contracts.values()
  }

  put(contract: RemoteContract): void {
    this.#contracts.set(contract.id, contract)
    this.events.emit('changed', contract)
  }

  delete(contractId: string): void {
    this.#contracts.delete(contractId)
    this.events.emit('deleted', contractId)
  }
}

/** Time that goes on when it is told. */
export class TestTime {
  wallMs = 1_700_000_000_000
  #monotonicMs = 5_000
  readonly #timers = new Set<{ readonly atMs: number; readonly action: () => void }>()

  now(): number {
    return this.wallMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#monotonicMs + ms, action }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Runs what is due on the way, each at its time. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0]
      if (!next || next.atMs > endMs) break
      this.#advance(Math.max(0, next.atMs - this.#monotonicMs))
      this.#timers.delete(next)
      next.action()
      await settled()
    }
    this.#advance(endMs - this.#monotonicMs)
    await settled()
  }

  forget(): void {
    this.#timers.clear()
  }

  get timers(): number {
    return this.#timers.size
  }

  #advance(ms: number): void {
    this.#monotonicMs += ms
    this.wallMs += ms
  }
}

/** What was set off has run, as far as nothing waits for time. */
export async function settled(turns = 12): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate)
}

export class TestClient implements Client {
  readonly delivered: Delivery[] = []
  readonly cancelled: string[] = []
  /** What it has been given, and neither told to leave alone nor, by the test, done with. */
  readonly tasks = new Map<string, Delivery>()
  /** The most it ever had. */
  mostTasks = 0
  isSuperseded = false

  constructor(
    readonly sessionId: string,
    readonly instanceId: string,
    readonly contractId = CONTRACT_ID,
    /** Where all deliveries of all clients are noted. */
    readonly all: Delivery[] = [],
  ) {}

  deliver(delivery: Delivery): void {
    this.delivered.push(delivery)
    this.all.push(delivery)
    this.tasks.set(delivery.invocationId, delivery)
    this.mostTasks = Math.max(this.mostTasks, this.tasks.size)
  }

  cancel(invocationId: string): void {
    this.cancelled.push(invocationId)
    this.tasks.delete(invocationId)
  }

  supersede(): void {
    this.isSuperseded = true
  }

  /** Those of its deliveries with this number, counted from 0. */
  at(index: number): Delivery {
    const delivery = this.delivered.at(index)
    if (!delivery) throw new Error(`there is no delivery ${index}`)
    return delivery
  }
}

export interface KitOptions {
  readonly contract?: Partial<RemoteContract>
  readonly limits?: Partial<PrimeLimits>
  readonly tables?: Tables
}

/** A prime with everything it needs in memory. */
export class PrimeKit {
  readonly source = new MemoryRecords()
  readonly registry = new MemoryRegistry()
  readonly time = new TestTime()
  readonly memory = new MemoryTables()
  readonly logged: string[] = []
  /** To all clients, in the order in which they were made. */
  readonly deliveries: Delivery[] = []
  prime: PrimeEngine
  maxTransactionBytes = 100_000
  readonly #limits: Partial<PrimeLimits>
  readonly #tables: Tables
  #records = 0
  #sessions = 0
  #random = 0

  constructor({ contract = {}, limits = {}, tables }: KitOptions = {}) {
    this.#limits = limits
    this.#tables = tables ?? this.memory
    this.registry.put(testContract(contract))
    this.prime = this.#open()
  }

  /** The node is gone without a word, and another begins with what is on the disk. */
  async crash(): Promise<void> {
    this.abandon()
    this.prime = this.#open()
    await settled()
  }

  /** Nothing reaches the prime any more. */
  abandon(): void {
    this.source.forgetListeners()
    this.registry.events.removeAllListeners()
    this.time.forget()
  }

  /** As the program does. */
  async restart(): Promise<void> {
    await this.prime.close()
    this.prime = this.#open()
    await settled()
  }

  attach(
    instanceId = 'one',
    maxInFlight = 10,
    held: readonly Held[] = [],
  ): TestClient & { attached: Attached } {
    const client = new TestClient(`session-${++this.#sessions}`, instanceId, CONTRACT_ID, this.deliveries)
    const attached = this.prime.attach(client, maxInFlight, held)
    this.prime.start(client.sessionId)
    return Object.assign(client, { attached })
  }

  /** A block with so many new records. */
  async mine(count: number, txnType = 'order'): Promise<TestRecord[]> {
    const records = Array.from({ length: count }, () => this.record(txnType))
    this.source.mine(records)
    await settled()
    return records
  }

  record(txnType = 'order'): TestRecord {
    const number = ++this.#records
    return {
      transactionId: createHash('sha256').update(`record ${number}`).digest('hex'),
      txnType,
      tag: `tag ${number}`,
      timestamp: this.time.now(),
      payload: { number },
    }
  }

  finish(client: Client, delivery: Delivery, changes: Partial<Outcome> = {}): Promise<Acknowledgement> {
    return this.prime.finish(client.sessionId, outcomeOf(delivery, changes))
  }

  /** The next, with a result of its own. */
  async finishAll(client: TestClient, changes: Partial<Outcome> = {}): Promise<Acknowledgement[]> {
    return Promise.all(client.delivered.splice(0).map((each) => this.finish(client, each, changes)))
  }

  #open(): PrimeEngine {
    return PrimeEngine.open({
      source: this.source,
      registry: this.registry,
      tables: this.#tables,
      keys: KEYS,
      maxTransactionBytes: this.maxTransactionBytes,
      now: () => this.time.now(),
      monotonicMs: () => this.time.monotonicMs(),
      after: (ms, action) => this.time.after(ms, action),
      random: () => 0.5,
      randomBytes: (outputLength) =>
        createHash('shake256', { outputLength }).update(`${++this.#random}`).digest(),
      uuid: () => `00000000-0000-4000-8000-${String(++this.#random).padStart(12, '0')}`,
      log: (message) => this.logged.push(message),
      limits: this.#limits,
    })
  }
}

export function outcomeOf(delivery: Delivery, changes: Partial<Outcome> = {}): Outcome {
  return {
    invocationId: delivery.invocationId,
    leaseToken: delivery.leaseToken,
    dataJson: JSON.stringify({ done: delivery.txnId }),
    outputToChain: true,
    outputTag: undefined,
    error: undefined,
    logs: undefined,
    durationMs: 1,
    heapJson: {},
    ...changes,
  }
}

export function failure(
  message: string,
  kind: keyof typeof ErrorKind = 'EXCEPTION',
  retryable = false,
): Pick<Outcome, 'error' | 'dataJson'> {
  return { error: { message, kind: ErrorKind[kind], retryable, stack: '' }, dataJson: '' }
}
