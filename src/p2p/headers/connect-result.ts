import type { Hash } from '../hash.js'
import type { Header } from './header.js'
import type { HeaderError } from './header-error.js'

/** The tip moved to another branch: the old one is not an ancestor of the new one. */
export interface Reorg {
  readonly commonHeight: number
  readonly commonHash: Hash
  readonly oldTip: Header
  readonly newTip: Header
  /** Hashes that left the main chain, the old tip first. */
  readonly disconnected: readonly Hash[]
  /** Hashes that came onto it, the oldest first. */
  readonly connected: readonly Hash[]
}

/** What became of the headers given. */
export interface ConnectResult {
  /** New headers, on the main chain or off it. */
  readonly added: number
  /** Headers that were known. */
  readonly duplicates: number
  readonly tipBefore: Header
  readonly tipAfter: Header
  readonly reorg?: Reorg
  /** The first header that was refused and why. Those before it were taken, those after it were not looked at. */
  readonly refused?: HeaderError
}
