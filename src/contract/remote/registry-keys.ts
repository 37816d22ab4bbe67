import { fail } from '../../api/errors.js'
import type { Clock } from '../../time/clock.js'
import { type ApiKey, fits, newApiKey, shownKey } from './api-key.js'
import type { KeyCheck } from './registry.js'
import type { KeyRow, RegistryStore } from './registry-rows.js'

/** Keys of one contract. */
const MAX_KEYS = 16
/** When a key was last used is written no more often than this. */
const USE_MS = 60_000
/** Timers cannot be set for much longer than three weeks. */
const MAX_TIMER_MS = 86_400_000

export interface RegistryKeysOptions {
  readonly store: Pick<RegistryStore, 'keys' | 'write'>
  readonly clock: Clock
  /** A key that worked no longer does. */
  readonly onGone: (keyId: string) => void
  /** That a key was used could not be written. */
  readonly onFault: (error: unknown) => void
}

/** The API keys of contracts: only what proves them is kept. */
export class RegistryKeys {
  readonly #options: RegistryKeysOptions
  readonly #rows = new Map<string, KeyRow>()
  /** When those were last used of which that is not written yet. */
  readonly #used = new Map<string, number>()
  #callOff: (() => void) | undefined

  constructor(options: RegistryKeysOptions) {
    this.#options = options
    for (const row of options.store.keys()) this.#rows.set(row.id, row)
    this.#expireInTime()
  }

  check(text: string): KeyCheck {
    const shown = shownKey(text)
    if (!shown) return { outcome: 'invalid' }
    const row = this.#rows.get(shown.id)
    const isValid = fits(shown, row?.digest) && row !== undefined && !this.#isExpired(row)
    if (!isValid) return { outcome: 'invalid' }
    this.#note(row)
    return { outcome: 'valid', keyId: row.id, contractId: row.contractId }
  }

  /** The oldest first. */
  of(contractId: string): KeyRow[] {
    return [...this.#rows.values()]
      .filter((row) => row.contractId === contractId)
      .map((row) => ({ ...row, lastUsedMs: this.#used.get(row.id) ?? row.lastUsedMs }))
      .sort((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1))
  }

  /** A key that nobody has yet, and the row to keep for it. @throws {ApiError} there are too many, or it would be expired */
  draft(contractId: string, expiresMs: number | null): { readonly key: ApiKey; readonly row: KeyRow } {
    const nowMs = this.#options.clock.now()
    if (this.of(contractId).length >= MAX_KEYS)
      fail('REMOTE_LIMIT', `a contract has at most ${MAX_KEYS} keys; revoke one first`, { limit: MAX_KEYS })
    if (expiresMs !== null && expiresMs <= nowMs)
      fail('INVALID_PARAMS', 'expires_at has passed already', { path: '/expires_at' })
    const key = newApiKey()
    const { id, digest } = key
    return { key, row: { id, contractId, digest, createdMs: nowMs, expiresMs, lastUsedMs: null } }
  }

  /** What was written. */
  added(row: KeyRow): void {
    this.#rows.set(row.id, row)
    this.#expireInTime()
  }

  /**
   * Lets nobody in with these keys any more, and removes their rows; only then it is told. In this order: a use that is
   * noted meanwhile must not bring a row back.
   */
  async remove(keyIds: readonly string[], write: () => Promise<void>): Promise<void> {
    const rows = keyIds.flatMap((id) => this.#rows.get(id) ?? [])
    for (const { id } of rows) this.#rows.delete(id)
    try {
      await write()
    } catch (error) {
      for (const row of rows) this.#rows.set(row.id, row)
      throw error
    }
    for (const { id } of rows) {
      this.#used.delete(id)
      this.#options.onGone(id)
    }
  }

  /** Writes which keys were used when. */
  async close(): Promise<void> {
    this.#callOff?.()
    const put = [...this.#rows.values()].flatMap((row) => {
      const lastUsedMs = this.#used.get(row.id)
      return lastUsedMs === undefined ? [] : [{ ...row, lastUsedMs }]
    })
    this.#used.clear()
    if (put.length > 0) await this.#options.store.write({ keys: { put } })
  }

  #isExpired({ expiresMs }: KeyRow): boolean {
    return expiresMs !== null && expiresMs <= this.#options.clock.now()
  }

  #note(row: KeyRow): void {
    const nowMs = this.#options.clock.now()
    this.#used.set(row.id, nowMs)
    if (row.lastUsedMs !== null && nowMs < row.lastUsedMs + USE_MS) return
    const noted = { ...row, lastUsedMs: nowMs }
    this.#rows.set(row.id, noted)
    this.#used.delete(row.id)
    this.#options.store.write({ keys: { put: [noted] } }).catch(this.#options.onFault)
  }

  /** Tells of keys as they expire: streams may have come in with them. */
  #expireInTime(): void {
    const { clock, onGone } = this.#options
    this.#callOff?.()
    const waiting = [...this.#rows.values()].filter(({ expiresMs }) => (expiresMs ?? 0) > clock.now())
    if (waiting.length === 0) return
    const soonestMs = Math.min(...waiting.map(({ expiresMs }) => expiresMs ?? Infinity))
    const waitMs = Math.min(MAX_TIMER_MS, soonestMs - clock.now())
    this.#callOff = clock.after(waitMs, () => {
      for (const row of waiting) if (this.#rows.has(row.id) && this.#isExpired(row)) onGone(row.id)
      this.#expireInTime()
    })
  }
}
