import { outputId } from '../../../ledger/payload/output.js'
import type { Delivery } from '../prime.js'
import type { PlacedRecord } from '../record-source.js'
import type { RemoteContract } from '../remote-contract.js'
import { type Desk, isHalted, windowOf } from './desk.js'
import type { Group } from './group-commit.js'
import { granted, isExhausted, isSuspect } from './invocation-states.js'
import type { Lease, Live } from './lease.js'
import { invocationId, type Invoker } from './rows.js'
import { freest, type Session } from './session.js'
import { Tokens } from './tokens.js'
import { recordJson, syntheticJson } from './transaction-json.js'

/** Records looked at in a row that need no client. */
const LOOKS = 64
/** An invocation whose record is not where it was waits until the reorg is dealt with. */
const MISSING_RECORD_MS = 1_000

interface Candidate {
  readonly live: Live
  /** Undefined: not read yet, or none stands behind it. */
  readonly record?: PlacedRecord
}

interface Sending {
  readonly live: Live
  readonly lease: Lease
  readonly session: Session
  readonly delivery: Delivery
}

/** Gives what waits for a contract to its clients, as many as they have room for. */
export class Grants {
  readonly #desk: Desk
  #sending: { readonly group: Group; readonly list: Sending[] } | undefined
  #willGoOn = false
  readonly #tokens: Tokens
  #isStopped = false
  isPaused = false

  constructor(desk: Desk) {
    this.#desk = desk
    this.#tokens = new Tokens((length) => desk.parts.randomBytes(length))
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true
  }

  /** Call it whenever something may have become possible. */
  pump(): void {
    const contract = this.#desk.contract()
    if (this.isPaused || this.#isStopped || contract?.state !== 'active') return
    // Read once: what becomes due between two readings would be neither granted nor waited for.
    const nowMs = this.#desk.parts.monotonicMs()
    while (this.#mayGoOn(contract)) {
      const session = freest(this.#desk.sessions.values(), windowOf(this.#desk, contract))
      const next = session && this.#next(contract, nowMs)
      if (!next || (isSuspect(next.live.row) && session.held.size > 0)) break
      this.#grant(next, session, contract)
    }
    this.#desk.wakeAt(this.#desk.invocations.waiting.nextMs(nowMs))
  }

  #mayGoOn(contract: RemoteContract): boolean {
    const { invocations, limits } = this.#desk
    if (invocations.bytesInFlight >= limits.bytesInFlight || isHalted(this.#desk, contract)) return false
    return contract.executionOrder === 'parallel' || invocations.leased.size === 0
  }

  /** REM-16, REM-17: what was begun comes before what is new. */
  #next(contract: RemoteContract, nowMs: number): Candidate | undefined {
    const { invocations, limits } = this.#desk
    const due = invocations.waiting.firstDue(nowMs)
    if (contract.executionOrder === 'serial') {
      const first = invocations.waiting.first()
      if (first) return first === due ? { live: first } : undefined
    } else {
      if (due) return { live: due }
      if (invocations.waiting.size >= limits.waiting) return undefined
    }
    return this.#takeUp(contract)
  }

  /** The next record that nothing is known of. */
  #takeUp(contract: RemoteContract): Candidate | undefined {
    const { backlog } = this.#desk.invocations
    // After a reorg that has not been dealt with, ordinals mean other records.
    if (!backlog.isOnChain()) return undefined
    for (let looks = 0; looks < LOOKS; looks++) {
      const record = backlog.next(contract)
      if (!record) return undefined
      this.#desk.invocations.change({}, backlog.advance(record))
      const live = this.#invocationOf(record, contract.id)
      if (live) return { live, record }
    }
    this.#goOnLater()
    return undefined
  }

  /** Undefined: nobody has to work on it. */
  #invocationOf(record: PlacedRecord, contractId: string): Live | undefined {
    const { invocations, parts } = this.#desk
    const id = invocationId(contractId, record.transactionId)
    if (invocations.live.has(id)) return undefined
    const known = invocations.endBefore(id)
    const { ordinal } = record
    if (known?.mayReturn) return invocations.reopen({ ...known, ordinal }).live
    if (known) {
      if (known.state === 'dead' && known.ordinal !== ordinal)
        invocations.replace(known, { ...known, ordinal })
      return undefined
    }
    const live = invocations.take(invokerOf(record, id, contractId))
    const carrier = parts.source.carrierOf(
      outputId({ invoker: parts.keys.address, contract: contractId, invokedBy: record.transactionId }),
    )
    if (carrier === undefined) return live
    invocations.end(live, 'taken', { outputTxnId: carrier })
    return undefined
  }

  #grant({ live, record }: Candidate, session: Session, contract: RemoteContract): void {
    const { invocations, parts } = this.#desk
    if (isExhausted(live.row)) {
      invocations.end(live, 'exhausted', { error: live.row.error ?? 'its last attempt was cut short' })
      return
    }
    const transactionJson = this.#jsonOf(live, record, contract)
    if (transactionJson === undefined) {
      invocations.waiting.enter(live, parts.monotonicMs() + MISSING_RECORD_MS)
      return
    }
    const row = granted(live.row, this.#tokens.next(), parts.now())
    const lease = this.#lease(row.token as Uint8Array, session, contract, transactionJson.length)
    this.#desk.wakeAt(lease.expiresMs)
    const delivery = {
      invocationId: row.id,
      seq: row.ordinal,
      leaseToken: lease.token,
      attempt: row.deliveries,
      deadlineMs: parts.now() + contract.maxRuntimeMs,
      transactionJson,
      txnId: row.txnId,
      kind: row.kind,
      leaseMs: contract.leaseMs,
    }
    this.#sendAfter(invocations.lease(live, lease, row), { live, lease, session, delivery })
  }

  #jsonOf(live: Live, read: PlacedRecord | undefined, { txnType }: RemoteContract): string | undefined {
    const { source } = this.#desk.parts
    const { row } = live
    if (row.kind !== 'transaction') return syntheticJson(source.chainId, txnType, row)
    const record = read ?? source.at(txnType, row.ordinal)
    return record?.transactionId === row.txnId ? recordJson(source.chainId, record) : undefined
  }

  #lease(
    token: Uint8Array,
    session: Session,
    { leaseMs, maxRuntimeMs }: RemoteContract,
    bytes: number,
  ): Lease {
    const nowMs = this.#desk.parts.monotonicMs()
    return {
      token,
      instanceId: session.client.instanceId,
      session,
      expiresMs: nowMs + Math.min(leaseMs, maxRuntimeMs),
      endsMs: nowMs + maxRuntimeMs,
      bytes,
      isSent: false,
      logs: undefined,
    }
  }

  /** REM-12: nothing is sent before the attempt is counted on the disk. */
  #sendAfter(group: Group, sending: Sending): void {
    if (this.#sending?.group === group) {
      this.#sending.list.push(sending)
      return
    }
    const list = [sending]
    this.#sending = { group, list }
    group.durable.then(
      // Not before the answers to the results of the same group, whose places these take.
      () => setImmediate(() => list.forEach(send)),
      () => undefined,
    )
  }

  #goOnLater(): void {
    if (this.#willGoOn) return
    this.#willGoOn = true
    setImmediate(() => {
      this.#willGoOn = false
      this.pump()
    })
  }
}

function send({ live, lease, session, delivery }: Sending): void {
  if (live.lease !== lease || lease.session !== session) return
  lease.isSent = true
  session.client.deliver(delivery)
}

function invokerOf(record: PlacedRecord, id: string, contractId: string): Invoker {
  return {
    id,
    contractId,
    txnType: record.txnType,
    kind: 'transaction',
    txnId: record.transactionId,
    ordinal: record.ordinal,
    extra: 0,
    timestampMs: record.timestamp,
    tag: record.tag,
    payloadJson: null,
  }
}
