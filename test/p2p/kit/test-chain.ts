import { toDisplay } from '../../../src/p2p/hash.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import { encodeBlock } from './block.js'
import { coinbaseTx } from './coinbase.js'
import { genesisOf, mineHeaders, type MinedHeader, type MiningOptions } from './mine-headers.js'
import { hashPayload, payloadOf, type Payload } from './payload.js'

/** Transactions of a block, with the root that its header names. */
export interface BlockBody extends Payload {
  readonly merkleRoot: Uint8Array
}

interface Entry extends MinedHeader {
  readonly salt: number
  readonly block?: Payload
}

/** A chain of a regtest network from its genesis; blocks hold a coinbase alone unless they are given a body. */
export class TestChain {
  readonly #entries: Entry[]
  readonly #heights = new Map<string, number>()

  private constructor(
    readonly network: Network,
    entries: Entry[],
  ) {
    this.#entries = []
    this.#append(entries)
  }

  /** A chain of `height` blocks after genesis. */
  static mine(network: Network, height: number, options: MiningOptions = {}): TestChain {
    return new TestChain(network, [{ ...genesisOf(network), salt: 0 }]).mine(height, options)
  }

  /** `count` more blocks. */
  mine(count: number, options: MiningOptions = {}): this {
    const { salt = 0 } = options
    this.#append(
      mineHeaders(this.network, this.tip, this.height, count, options).map((mined) => ({ ...mined, salt })),
    )
    return this
  }

  /** One more block, that holds what it is given. */
  mineBody(body: BlockBody, options: MiningOptions = {}): this {
    const [mined] = mineHeaders(this.network, this.tip, this.height, 1, {
      ...options,
      merkleRoot: () => body.merkleRoot,
    })
    if (mined !== undefined) this.#append([{ ...mined, salt: 0, block: withHeader(mined.header, body) }])
    return this
  }

  /** Another chain that has this one's blocks up to `height`, and `count` others. `salt` must not be this one's. */
  fork(height: number, count: number, options: MiningOptions & { salt: number }): TestChain {
    return new TestChain(this.network, this.#entries.slice(0, height + 1)).mine(count, options)
  }

  get height(): number {
    return this.#entries.length - 1
  }

  get tip(): MinedHeader {
    return this.#at(this.height)
  }

  /** 80 bytes. */
  header(height: number): Uint8Array {
    return this.#at(height).header
  }

  hash(height: number): Uint8Array {
    return this.#at(height).hash
  }

  /** undefined for a hash of no block here. */
  heightOf(hash: Uint8Array): number | undefined {
    return this.#heights.get(toDisplay(hash))
  }

  /** Headers of 80 bytes, one after the other, from height `from` to `to` inclusive. */
  headers(from = 0, to = this.height): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, to - from + 1) * 80)
    for (let height = from; height <= to; height++) bytes.set(this.header(height), (height - from) * 80)
    return bytes
  }

  /** The whole block. That of genesis has a made-up coinbase. */
  block(height: number): Payload {
    const { header, salt, block } = this.#at(height)
    return block ?? payloadOf(encodeBlock(header, [coinbaseTx(height, salt)]))
  }

  #at(height: number): Entry {
    const entry = this.#entries[height]
    if (entry === undefined) throw new RangeError(`there is no block at ${height}`)
    return entry
  }

  #append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#heights.set(toDisplay(entry.hash), this.#entries.length)
      this.#entries.push(entry)
    }
  }
}

function withHeader(header: Uint8Array, body: BlockBody): Payload {
  const payload = {
    length: header.length + body.length,
    fill(target: Uint8Array, offset: number): void {
      const head = header.subarray(offset, offset + target.length)
      target.set(head)
      if (head.length < target.length)
        body.fill(target.subarray(head.length), offset + head.length - header.length)
    },
  }
  let checksum: Promise<Uint8Array> | undefined
  return {
    ...payload,
    checksum: () => (checksum ??= hashPayload(payload).then((hash) => hash.subarray(0, 4))),
  }
}
