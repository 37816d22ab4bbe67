import type { Json } from '../base/json.js'

/** In a node's data folder. */
export const PUT_ASIDE_FILE = 'invalidated.json'

/** Where the hashes are kept; a write is durable when it resolves. */
export interface PutAsideStore {
  read(): Promise<readonly string[] | undefined>
  write(hashes: readonly string[]): Promise<void>
}

/**
 * Hashes of the blocks that an operator put aside (FORK-7). No block file tells of them, so they are kept by themselves
 * and outlive the index. One of a block that is not known waits for it.
 */
export class PutAside {
  readonly #store: PutAsideStore
  #hashes: ReadonlySet<string>

  private constructor(store: PutAsideStore, hashes: readonly string[]) {
    this.#store = store
    this.#hashes = new Set(hashes)
  }

  static async open(store: PutAsideStore): Promise<PutAside> {
    return new PutAside(store, (await store.read()) ?? [])
  }

  has(hash: string): boolean {
    return this.#hashes.has(hash)
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#hashes[Symbol.iterator]()
  }

  /** Resolves when it is kept. */
  async add(hash: string): Promise<void> {
    if (!this.#hashes.has(hash)) await this.#change(new Set([...this.#hashes, hash]))
  }

  /** Resolves when none of them is kept any more. */
  async remove(hashes: Iterable<string>): Promise<void> {
    const left = new Set(this.#hashes)
    for (const hash of hashes) left.delete(hash)
    if (left.size < this.#hashes.size) await this.#change(left)
  }

  async #change(hashes: ReadonlySet<string>): Promise<void> {
    await this.#store.write([...hashes])
    this.#hashes = hashes
  }
}

/** @throws {Error} when the value is no list of hashes */
export function decodePutAside(json: Json): readonly string[] {
  if (!Array.isArray(json) || !json.every(isHash)) throw new Error('it is no list of block hashes')
  return json
}

function isHash(value: Json): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
