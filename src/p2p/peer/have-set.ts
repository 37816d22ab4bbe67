import { sha256d, type Hash } from '../hash.js'
import { headerAt } from '../wire/messages/headers.js'
import { INV } from '../wire/messages/inv.js'
import type { PeerMessage } from './peer-message.js'

/** Nodes announce new blocks by up to so many headers; more are an answer, about blocks that everybody has. */
const MAX_ANNOUNCED_HEADERS = 8

const keyOf = (hash: Hash): string => Buffer.from(hash.buffer, hash.byteOffset, 32).toString('latin1')

/** Hashes of the blocks that an address is known to have; the oldest are forgotten first. */
export class HaveSet {
  readonly #keys = new Set<string>()

  constructor(private readonly capacity = 50_000) {}

  get size(): number {
    return this.#keys.size
  }

  has(hash: Hash): boolean {
    return this.#keys.has(keyOf(hash))
  }

  add(hash: Hash): void {
    this.#keys.add(keyOf(hash))
    if (this.#keys.size <= this.capacity) return
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest)
      return
    }
  }
}

/** Whoever tells of a block has it. */
export function noteBlocks(have: HaveSet, message: PeerMessage): void {
  if (message.command === 'block') have.add(message.body.hash)
  else if (message.command === 'inv') {
    for (const { type, hash } of message.body) if (type === INV.block) have.add(hash)
  } else if (message.command === 'headers' && message.body.count <= MAX_ANNOUNCED_HEADERS) {
    for (let index = 0; index < message.body.count; index++) have.add(sha256d(headerAt(message.body, index)))
  }
}
