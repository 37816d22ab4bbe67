import type { DownloadLimits } from './limits.js'

/** What one peer owes, and how it is doing. */
export class PeerLoad {
  readonly #limits: DownloadLimits
  #count = 0
  /** Blocks it may be asked for at a time. */
  #share: number
  #restsUntilMs = 0
  /** When it last sent bytes, or began to owe some. */
  #lastByteMs = 0
  /** The stretch of time over which the rate is measured. */
  #sinceMs = 0
  #bytes = 0

  constructor(limits: DownloadLimits) {
    this.#limits = limits
    this.#share = limits.perPeer
  }

  /** Blocks it was asked for. */
  get count(): number {
    return this.#count
  }

  canTake(nowMs: number): boolean {
    return this.#count < this.#share && nowMs >= this.#restsUntilMs
  }

  take(nowMs: number): void {
    if (this.#count++ === 0) this.#restart(nowMs)
  }

  release(nowMs: number): void {
    this.#count--
    this.#restart(nowMs)
  }

  /** A block is done: so it may have more. */
  completed(nowMs: number): void {
    this.release(nowMs)
    this.#share = Math.min(2 * this.#share, this.#limits.perPeer)
  }

  /** It is left alone for a while; then one block shows whether it is well again. */
  rest(nowMs: number): void {
    this.#share = 1
    this.#restsUntilMs = nowMs + this.#limits.restMs
  }

  received(bytes: number, nowMs: number): void {
    this.#lastByteMs = nowMs
    this.#bytes += bytes
  }

  held(nowMs: number): void {
    this.#restart(nowMs)
  }

  hasStalled(nowMs: number): boolean {
    return this.#count > 0 && nowMs - this.#lastByteMs >= this.#limits.stallMs
  }

  /**
   * A block is under way for long, and its bytes come too slowly. Many small blocks one after the other are not slow, however
   * few bytes they are.
   */
  isSlow(nowMs: number): boolean {
    const { rateMs, minBytesPerSecond } = this.#limits
    const spentMs = nowMs - this.#sinceMs
    if (this.#count === 0 || spentMs < rateMs) return false
    if (1000 * this.#bytes < minBytesPerSecond * spentMs) return true
    this.#sinceMs = nowMs
    this.#bytes = 0
    return false
  }

  #restart(nowMs: number): void {
    this.#lastByteMs = this.#sinceMs = nowMs
    this.#bytes = 0
  }
}
