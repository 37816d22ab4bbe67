import type { Hash } from '../hash.js'
import { DIALECTS, type Family } from '../wire/family.js'

export type { Family }

/** A block that the right chain must have at its height. */
export interface Checkpoint {
  readonly height: number
  readonly hash: Hash
}

/** How the difficulty of a header follows from those before it. Heights are of the header that is checked. */
export interface DifficultyRules {
  /** Every header has the bits of its parent (regtest). */
  readonly noRetarget?: boolean
  /** Off the boundaries of 2016, a header more than 20 minutes after its parent may have the easiest target. */
  readonly minDifficultyBlocks?: boolean
  /** The emergency adjustment of 2017 holds at these heights (first and last, inclusive). */
  readonly emergency?: { readonly first: number; readonly last: number }
  /** From this height of the parent on, the difficulty follows the last 144 blocks. */
  readonly daaParentHeight?: number
  /** BIP94: a period starts from the bits of its first block, and may not start long before its parent. */
  readonly bip94?: boolean
}

/** What every header of a network must keep. */
export interface HeaderRules extends DifficultyRules {
  /** The easiest target, as header bits. */
  readonly powLimitBits: number
  /** Heights from which a header must have version 2, 3 and 4. */
  readonly versionHeights: readonly [bip34: number, bip66: number, bip65: number]
}

/** All that sets one network apart from another. Made by `defineNetwork`. */
export interface Network {
  /** Also names files: peers.<name>.json, headers.<name>. BSV networks have the names of ConduitP2P, and so its files. */
  readonly name: string
  readonly family: Family
  /** Four bytes, as they travel. */
  readonly magic: Uint8Array
  readonly port: number
  /** 80 bytes. */
  readonly genesis: Uint8Array
  readonly rules: HeaderRules
  /** Heights ascending. */
  readonly checkpoints: readonly Checkpoint[]
  /** The chain of the network has at least this much work. */
  readonly minimumChainWork: bigint
  readonly dnsSeeds: readonly string[]
  /** Peers whose user agent contains one of these (in any case) belong to another network with the same magic. */
  readonly foreignUserAgents: readonly string[]
}

/** Transactions may carry witnesses. */
export function hasWitness(network: Network): boolean {
  return DIALECTS[network.family].witness
}

/** Messages above 4 GiB travel under an extended header. */
export function hasExtendedHeaders(network: Network): boolean {
  return DIALECTS[network.family].extendedHeaders
}
