import { joinHashes, MerkleStack } from './merkle.js'
import { writeKey, type SyntheticTx } from './synthetic-tx.js'

/** So many transactions of one length. */
export interface TxRun {
  readonly count: number
  readonly txBytes: number
}

const TILE_BYTES = 1 << 20
const MAX_TILE_TXS = 4096

/** Keys of transactions that open a tile, and of those outside of tiles, so that no two in a block are the same by chance. */
const TILE_KEY = 0x8000_0000
const SINGLE_KEY = 0x4000_0000

/**
 * Transactions of one length in a block. Where 2^n of them fill an aligned subtree of the merkle tree they are a tile, whose
 * bytes are the same as those of the other tiles but for the first transaction: so that a gigabyte costs a copy, and its root
 * few hashes. No two neighbouring subtrees are equal, as nodes demand.
 */
export class TxGroup {
  readonly #tile: Uint8Array
  readonly #tileTxs: number
  readonly #firstTile: number
  readonly #endTile: number

  constructor(
    readonly tx: SyntheticTx,
    /** Place of the first transaction in the block. */
    readonly position: number,
    readonly count: number,
    /** Of the first transaction, in the body. */
    readonly offset: number,
  ) {
    const most = Math.min(MAX_TILE_TXS, Math.max(1, Math.floor(TILE_BYTES / tx.length)))
    this.#tileTxs = 2 ** Math.floor(Math.log2(most))
    this.#firstTile = Math.ceil(position / this.#tileTxs)
    this.#endTile = Math.max(this.#firstTile, Math.floor((position + count) / this.#tileTxs))
    if (this.#tileTxs === 1) this.#endTile = this.#firstTile
    const hasTiles = this.#endTile > this.#firstTile
    this.#tile = new Uint8Array(hasTiles ? this.#tileTxs * tx.length : 0)
    for (let index = 0; index < this.#tile.length / tx.length; index++)
      tx.fill(this.#tile.subarray(index * tx.length, (index + 1) * tx.length), 0, index)
  }

  /** Where the next group begins, in the body. */
  get end(): number {
    return this.offset + this.count * this.tx.length
  }

  /** Adds the ids of its transactions. */
  pushHashes(merkle: MerkleStack): void {
    const end = this.position + this.count
    const tilesEnd = this.#endTile * this.#tileTxs
    let place = this.position
    while (place < end && !this.#isTiled(place)) merkle.push(this.tx.id(SINGLE_KEY + place++))
    if (place < tilesEnd) {
      const neighbours = this.#neighbours()
      for (let tile = this.#firstTile; tile < this.#endTile; tile++)
        merkle.push(neighbours.reduce(joinHashes, this.tx.id(TILE_KEY + tile)), neighbours.length)
      place = tilesEnd
    }
    while (place < end) merkle.push(this.tx.id(SINGLE_KEY + place++))
  }

  /** Writes its bytes from `offset` of the body on, until `target` is full or they end; how many they are. */
  fill(target: Uint8Array, offset: number): number {
    const bytes = Math.max(0, Math.min(target.length, this.end - offset))
    for (let done = 0; done < bytes;)
      done += this.#fillOnce(target.subarray(done, bytes), offset + done - this.offset)
    return bytes
  }

  /** Writes up to the end of a tile or of a transaction. */
  #fillOnce(target: Uint8Array, offset: number): number {
    const { length } = this.tx
    const place = this.position + Math.floor(offset / length)
    if (!this.#isTiled(place)) {
      const within = offset % length
      const part = target.subarray(0, length - within)
      this.tx.fill(part, within, SINGLE_KEY + place)
      return part.length
    }
    const tile = Math.floor(place / this.#tileTxs)
    const within = offset - (tile * this.#tileTxs - this.position) * length
    const part = this.#tile.subarray(within, within + target.length)
    target.set(part)
    writeKey(target.subarray(0, part.length), length - 4 - within, TILE_KEY + tile)
    return part.length
  }

  #isTiled(place: number): boolean {
    return place >= this.#firstTile * this.#tileTxs && place < this.#endTile * this.#tileTxs
  }

  /** The subtrees that the first transaction of a tile is joined with on its way up. */
  #neighbours(): Uint8Array[] {
    const neighbours: Uint8Array[] = []
    for (let width = 1; width < this.#tileTxs; width *= 2) {
      const merkle = new MerkleStack()
      for (let index = width; index < 2 * width; index++) merkle.push(this.tx.id(index))
      neighbours.push(merkle.root())
    }
    return neighbours
  }
}
