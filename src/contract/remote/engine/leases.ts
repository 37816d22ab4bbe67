import type { LogChunk } from '../../wire/remote.js'
import type { Attached, Client, Held } from '../prime.js'
import type { RemoteContract } from '../remote-contract.js'
import { failAttempt, giveBack } from './attempts.js'
import { cappedLogs } from './cap-logs.js'
import { type Desk, windowOf } from './desk.js'
import type { Lease, Live } from './lease.js'
import type { Session } from './session.js'

/** Of what a client tells while it works: there may be many at once. */
const PROGRESS_LOG_LIMIT = 4_096

/** REM-25: a contract has as many streams as it may. */
export class TooManyClientsError extends Error {
  override readonly name = 'TooManyClientsError'
}

/** Who may work on what: streams come and go, leases begin anew and end. */
export class Leases {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  attach(client: Client, maxInFlight: number, held: readonly Held[], contract: RemoteContract): Attached {
    const { sessions, limits, invocations } = this.#desk
    const former = [...sessions.values()].find(
      ({ client: { instanceId } }) => instanceId === client.instanceId,
    )
    if (!former && sessions.size >= limits.streams)
      throw new TooManyClientsError(`the contract has ${limits.streams} streams already`)
    if (former) this.#supersede(former)
    const session: Session = { client, maxInFlight, isStarted: false, held: new Set() }
    sessions.set(client.sessionId, session)
    const kept = held.filter((each) => this.#keep(session, each, contract))
    this.#dropOthers(client.instanceId)
    const window = windowOf(this.#desk, contract)
    return {
      executionOrder: contract.executionOrder,
      leaseMs: contract.leaseMs,
      backlog: invocations.size(contract),
      grantedInFlight: Math.min(maxInFlight, window),
      kept: kept.map(({ invocationId }) => invocationId),
    }
  }

  /** `goodbye`: all it works on is free at once. */
  detach(session: Session, how: 'goodbye' | 'lost'): void {
    this.#desk.sessions.delete(session.client.sessionId)
    for (const live of [...session.held]) {
      if (how === 'goodbye' || !live.lease?.isSent) giveBack(this.#desk, live)
      else this.#orphan(live.lease)
    }
    session.held.clear()
  }

  /** REM-10: a lease goes on only for who has its token. */
  progress(id: string, token: Uint8Array, logs: LogChunk | undefined, { leaseMs }: RemoteContract): void {
    const lease = this.#desk.invocations.live.get(id)?.lease
    if (!lease || !sameToken(lease.token, token)) return
    lease.expiresMs = Math.min(this.#desk.parts.monotonicMs() + leaseMs, lease.endsMs)
    lease.logs = cappedLogs(logs, PROGRESS_LOG_LIMIT) ?? lease.logs
  }

  /** Ends the leases whose time is over. */
  expire(): void {
    const { invocations, parts } = this.#desk
    const nowMs = parts.monotonicMs()
    let nextMs = Infinity
    for (const live of [...invocations.leased]) {
      const lease = live.lease as Lease
      if (lease.expiresMs > nowMs) nextMs = Math.min(nextMs, lease.expiresMs)
      else this.#expired(live, lease, nowMs)
    }
    this.#desk.wakeAt(nextMs)
  }

  #expired(live: Live, { session, endsMs }: Lease, nowMs: number): void {
    if (!session) {
      const error = 'the stream was lost while the client worked on it'
      failAttempt(this.#desk, live, { error, isLost: true, endsLease: false })
      return
    }
    const error =
      nowMs >= endsMs
        ? 'TIMEOUT: it took longer than it may'
        : 'TIMEOUT: nothing was heard of it for too long'
    failAttempt(this.#desk, live, { error, isLost: false, endsLease: false })
    session.client.cancel(live.row.id, error)
  }

  #supersede(session: Session): void {
    this.#desk.sessions.delete(session.client.sessionId)
    for (const { lease } of session.held) if (lease) this.#orphan(lease)
    session.held.clear()
    session.client.supersede()
  }

  #orphan(lease: Lease): void {
    const { limits, parts } = this.#desk
    lease.session = undefined
    lease.expiresMs = Math.min(lease.expiresMs, parts.monotonicMs() + limits.graceMs)
    this.#desk.wakeAt(lease.expiresMs)
  }

  /** REM-24: whether the client may go on with what it works on. */
  #keep(session: Session, { invocationId, leaseToken }: Held, contract: RemoteContract): boolean {
    const { invocations, parts } = this.#desk
    const live = invocations.live.get(invocationId)
    if (!live?.row.token || !sameToken(live.row.token, leaseToken)) return false
    const nowMs = parts.monotonicMs()
    if (!live.lease) {
      if (contract.executionOrder === 'serial' && invocations.leased.size > 0) return false
      const { instanceId } = session.client
      const endsMs = nowMs + contract.maxRuntimeMs
      const fresh = { token: live.row.token, instanceId, session, endsMs, isSent: true, logs: undefined }
      // How long its transaction was is not known any more.
      invocations.lease(live, { ...fresh, expiresMs: endsMs, bytes: 0 }, live.row)
    } else if (live.lease.session || live.lease.instanceId !== session.client.instanceId) return false
    const lease = live.lease as unknown as Lease
    lease.session = session
    lease.isSent = true
    lease.expiresMs = Math.min(nowMs + contract.leaseMs, lease.endsMs)
    session.held.add(live)
    this.#desk.wakeAt(lease.expiresMs)
    return true
  }

  /** The same process is back without them, or another that took its place. */
  #dropOthers(instanceId: string): void {
    for (const live of [...this.#desk.invocations.leased]) {
      if (live.lease?.session || live.lease?.instanceId !== instanceId) continue
      if (!live.lease.isSent) giveBack(this.#desk, live)
      else failAttempt(this.#desk, live, { error: LOST_BY_CLIENT, isLost: true, endsLease: true })
    }
  }
}

const LOST_BY_CLIENT = 'the client came back without it, as after a crash'

/** Tokens are random and used once: how long a comparison takes tells nothing that would help. */
export function sameToken(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
