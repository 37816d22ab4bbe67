import type { Hash } from '../hash.js'
import type { HeaderRules } from '../networks/network.js'
import type { Checkpoints } from './checkpoints.js'
import { type Ancestors, PERIOD } from './difficulty/ancestors.js'
import { writeTarget } from './difficulty/compact.js'
import { requiredBits } from './difficulty/required-bits.js'
import { HASH_BYTES } from './header.js'
import type { HeaderBatch } from './header-batch.js'
import type { HeaderFault } from './header-error.js'

/** How far ahead of this clock a header's time may be, in seconds. */
const MAX_AHEAD_SECONDS = 7200

/** How far before its parent's time the first block of a period may be, in seconds (BIP94). */
const MAX_WARP_SECONDS = 600

/** Says whether a header may follow its ancestors. Makes no objects: it is asked a million times a second. */
export class HeaderChecker {
  readonly #rules: HeaderRules
  readonly #checkpoints: Checkpoints
  readonly #invalid: readonly Hash[]
  /** The bits met last and their target: the next header's are mostly the same. */
  #bits = -1
  readonly #target = new Uint8Array(HASH_BYTES)

  constructor(rules: HeaderRules, checkpoints: Checkpoints, invalidBlocks: readonly Hash[]) {
    this.#rules = rules
    this.#checkpoints = checkpoints
    this.#invalid = invalidBlocks
  }

  /**
   * What is wrong with a header of a batch, or undefined.
   * @param ancestors up to its parent
   * @param nowSeconds since 1970, by this machine's clock
   */
  fault(
    batch: HeaderBatch,
    index: number,
    ancestors: Ancestors,
    nowSeconds: number,
  ): HeaderFault | undefined {
    const height = ancestors.height + 1
    const bits = batch.bits(index)
    const time = batch.time(index)
    if (bits !== requiredBits(this.#rules, ancestors, time)) return 'wrong_bits'
    if (!batch.meets(index, this.#targetOf(bits))) return 'bad_proof_of_work'
    if (!ancestors.isAfterMedian(time)) return 'time_too_old'
    if (time > nowSeconds + MAX_AHEAD_SECONDS) return 'time_too_new'
    if (this.#isWarped(ancestors, time)) return 'time_warp'
    if (batch.version(index) < this.#leastVersion(height)) return 'bad_version'
    const checkpoint = this.#checkpoints.at(height)
    if (checkpoint !== undefined && !batch.hasHash(index, checkpoint)) return 'checkpoint_mismatch'
    for (const hash of this.#invalid) if (batch.hasHash(index, hash)) return 'invalid_block'
    return undefined
  }

  #targetOf(bits: number): Uint8Array {
    if (bits !== this.#bits) {
      writeTarget(bits, this.#target)
      this.#bits = bits
    }
    return this.#target
  }

  #isWarped(ancestors: Ancestors, time: number): boolean {
    const parent = ancestors.height
    if (this.#rules.bip94 !== true || (parent + 1) % PERIOD !== 0) return false
    return time < ancestors.time(parent) - MAX_WARP_SECONDS
  }

  #leastVersion(height: number): number {
    const [bip34, bip66, bip65] = this.#rules.versionHeights
    if (height >= bip65) return 4
    if (height >= bip66) return 3
    return height >= bip34 ? 2 : -Infinity
  }
}
