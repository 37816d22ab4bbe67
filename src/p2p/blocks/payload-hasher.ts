import { createHash } from 'node:crypto'
import type { Hash } from '../hash.js'
import { sharedMessageHasher } from '../hashing/message-hasher.js'
import { sha256Into } from '../hashing/sha256-into.js'
import { MerkleTree } from './merkle.js'
import type { TxScanner } from './tx-scanner.js'
import { TxidHasher } from './txid-hasher.js'

const CHECKSUM_BYTES = 4

/** What is to be found out about a payload. */
export interface HashOptions {
  readonly checksum: boolean
  readonly merkle: boolean
}

/** What was found out. */
export interface Digests {
  /** 4 bytes. */
  readonly checksum?: Uint8Array
  /** Of a transaction that travels alone: its id. */
  readonly merkle?: { readonly root: Hash; readonly hasTwins: boolean }
}

/** Hashes a payload slice by slice, here or in another thread. */
export interface PayloadHasher {
  /** Takes the slice that was just pushed into the scanner. A promise: nothing more until it has resolved. */
  take(slice: Uint8Array): void | Promise<void>
  finish(): Promise<Digests>
  /** What was begun is of no interest any more. */
  drop(): void
}

/** Hashes in the thread that calls. */
export class InlineHasher implements PayloadHasher {
  readonly #stream
  readonly #merkle: { readonly txids: TxidHasher; readonly tree: MerkleTree } | undefined

  constructor(scanner: TxScanner, { checksum, merkle }: HashOptions) {
    this.#stream = checksum ? createHash('sha256') : undefined
    // The vectors cost some megabytes in each thread that has them: a thread for checksums alone does without.
    this.#merkle = merkle ? merkleOf(scanner) : undefined
  }

  /** Transactions hashed so far. */
  get txids(): number {
    return this.#merkle?.txids.count ?? 0
  }

  take(slice: Uint8Array): void {
    this.#stream?.update(slice)
    this.#merkle?.txids.take(slice)
  }

  finish(): Promise<Digests> {
    return Promise.resolve(this.digests())
  }

  /** When the whole payload was taken; once. */
  digests(): Digests {
    const digests: { checksum?: Uint8Array; merkle?: Digests['merkle'] } = {}
    if (this.#stream) {
      const digest = Buffer.alloc(32)
      sha256Into(this.#stream.digest(), digest, 0)
      digests.checksum = new Uint8Array(digest.subarray(0, CHECKSUM_BYTES))
    }
    if (this.#merkle) {
      const { tree } = this.#merkle
      digests.merkle = { root: tree.root(), hasTwins: tree.hasTwins }
    }
    return digests as Digests
  }

  drop(): void {
    // Nothing is under way.
  }
}

function merkleOf(scanner: TxScanner): { txids: TxidHasher; tree: MerkleTree } {
  const tree = new MerkleTree(sharedMessageHasher())
  return { tree, txids: new TxidHasher(scanner, sharedMessageHasher(), (txids) => tree.add(txids)) }
}
