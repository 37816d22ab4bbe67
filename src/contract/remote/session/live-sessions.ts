import type { Clock } from '../../../time/clock.js'
import type { Prime } from '../prime.js'
import type { RegistryEventMap, RemoteRegistry } from '../registry.js'
import type { RemoteSessions, SessionReport } from '../sessions.js'
import type { Admitted } from './admission.js'
import type { FrameLine } from './frame-line.js'
import { REFUSALS, type Refusal } from './refusal.js'
import { RemoteSession } from './session.js'
import { MAX_STREAMS, TICK_MS } from './settings.js'
import type { SessionSurroundings } from './surroundings.js'
import type { SessionTeller } from './teller.js'

export interface LiveSessionsOptions {
  readonly prime: Prime
  readonly registry: RemoteRegistry
  readonly clock: Clock
  readonly tell: SessionTeller
}

/** When clients are to come back after the node told them that it stops. */
const RECONNECT_AFTER_MS = 1000

/** All streams of remote contracts. What the registry says of their contracts and keys reaches them at once. */
export class LiveSessions implements RemoteSessions {
  readonly #options: LiveSessionsOptions
  readonly #around: SessionSurroundings
  readonly #sessions = new Set<RemoteSession>()
  readonly #listeners = new Set<(contractId: string) => void>()
  readonly #settled = new Set<() => void>()
  readonly #endFollowing: () => void
  #endTicking: (() => void) | undefined
  #isStopping = false

  constructor(options: LiveSessionsOptions) {
    const { prime, registry, clock, tell } = options
    this.#options = options
    this.#around = {
      prime,
      registry,
      now: () => clock.now(),
      tell,
      hasRoom: (contractId, instanceId) => this.#hasRoom(contractId, instanceId),
      eased: () => this.#settle(),
      turned: ({ contractId }) => this.#tellChange(contractId),
    }
    this.#endFollowing = this.#follow(registry)
  }

  list(contractId?: string): readonly SessionReport[] {
    return [...this.#sessions]
      .filter((each) => each.isLive && (contractId === undefined || each.contractId === contractId))
      .map((each) => each.report())
  }

  onChange(listener: (contractId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes a stream in whose headers are in order. */
  open(line: FrameLine, admitted: Admitted): RemoteSession | Refusal {
    if (this.#isStopping) return REFUSALS.stopping
    const silent = [...this.#sessions].filter(
      (each) => each.isOpening && each.contractId === admitted.contract.id,
    )
    if (silent.length >= MAX_STREAMS) return REFUSALS.noRoom
    const session = new RemoteSession(line, admitted, this.#around)
    this.#sessions.add(session)
    this.#endTicking ??= this.#options.clock.after(TICK_MS, () => this.#tick())
    return session
  }

  /** Takes no more streams, lets those that are here finish for so long, and ends them. */
  async drain(graceMs: number): Promise<void> {
    this.#isStopping = true
    for (const session of this.#sessions) session.drain(graceMs, RECONNECT_AFTER_MS)
    await this.#idle(graceMs)
    for (const session of this.#sessions) session.end(REFUSALS.stopping)
  }

  close(): void {
    this.#isStopping = true
    for (const session of this.#sessions) session.end(REFUSALS.stopping)
    this.#endFollowing()
    this.#endTicking?.()
    this.#sessions.clear()
  }

  #idle(graceMs: number): Promise<void> {
    const isIdle = (): boolean => [...this.#sessions].every((each) => each.isIdle)
    if (isIdle()) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#settled.delete(look)
        endWaiting()
        resolve()
      }
      const look = (): void => {
        if (isIdle()) done()
      }
      const endWaiting = this.#options.clock.after(graceMs, done)
      this.#settled.add(look)
    })
  }

  #settle(): void {
    for (const look of this.#settled) look()
  }

  #tellChange(contractId: string): void {
    for (const listener of this.#listeners) listener(contractId)
  }

  #hasRoom(contractId: string, instanceId: string): boolean {
    const others = [...this.#sessions].filter(
      (each) => each.isLive && each.contractId === contractId && each.instanceId !== instanceId,
    )
    return others.length < MAX_STREAMS
  }

  #tick(): void {
    for (const session of this.#sessions) {
      session.tick()
      if (session.isClosed) this.#sessions.delete(session)
    }
    this.#endTicking =
      this.#sessions.size === 0 ? undefined : this.#options.clock.after(TICK_MS, () => this.#tick())
  }

  /** Returns what ends it. */
  #follow(registry: RemoteRegistry): () => void {
    const { events } = registry
    const end = (refusal: Refusal, isMeant: (session: RemoteSession) => boolean): void => {
      for (const session of this.#sessions) if (isMeant(session)) session.end(refusal)
    }
    const on: { [K in keyof RegistryEventMap]: (...args: RegistryEventMap[K]) => void } = {
      // A contract that is deleted takes its keys with it: which of both it is shows a moment later.
      revoked: (keyId) => {
        setImmediate(() => {
          end(REFUSALS.unknownContract, (each) => each.keyId === keyId && !registry.get(each.contractId))
          end(REFUSALS.badKey, (each) => each.keyId === keyId)
        })
      },
      deleted: (contractId) => end(REFUSALS.unknownContract, (each) => each.contractId === contractId),
      changed: ({ id, state }) => {
        if (state === 'inactive') end(REFUSALS.inactive, ({ contractId }) => contractId === id)
      },
      environment: (contractId) => {
        for (const session of this.#sessions)
          if (session.contractId === contractId) session.environmentChanged()
      },
    }
    events.on('revoked', on.revoked)
    events.on('deleted', on.deleted)
    events.on('changed', on.changed)
    events.on('environment', on.environment)
    return () => {
      events.off('revoked', on.revoked)
      events.off('deleted', on.deleted)
      events.off('changed', on.changed)
      events.off('environment', on.environment)
    }
  }
}
