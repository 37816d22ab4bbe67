import { createHash } from 'node:crypto'
import type { Database, RootDatabase } from 'lmdb'
import { GroupWrites } from './group-writes.js'
import { afterPrefix } from './index/keys.js'
import { opened, openRoot, written } from './lmdb-root.js'

/** A value for a key of a private collection, as a call wrote it. */
export interface PrivateValue {
  /** The contract's. */
  readonly namespace: string
  readonly collection: string
  readonly key: string
  /** Null: the key goes, and nothing is kept. */
  readonly value: Uint8Array | null
}

/** Where a value stands: its key in the open, and the hash that stands for it on the chain. */
export interface HeldValue {
  readonly namespace: string
  readonly collection: string
  readonly key: string
  /** SHA-256, 64 hex digits. */
  readonly valueHash: string
}

export interface PrivateValuesOptions {
  readonly folder: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The longest key, in bytes of UTF-8; LMDB takes no keys much longer. */
const MAX_KEY_BYTES = 1024
const TIME_BYTES = 8
const HASH_BYTES = 32
/** Keys read in a row. */
const STEP = 128
/** Keys that a sweep looks at in a row, with all their values. */
const SWEEP_STEP = 16

/** Puts and removes; what LMDB will tell of each. */
type Change = () => readonly Promise<boolean>[]

/**
 * The values of private collections that this node holds, found by their SHA-256: which one a key has now the chain says,
 * so nothing here depends on blocks, and a value of a call that never came on the chain does no harm. What is removed is
 * gone for every reader at once; on the disk its bytes stand until LMDB uses their page again.
 */
export class PrivateValues {
  readonly #root: RootDatabase
  /** Times and values by the hash of their key, then their own. */
  readonly #values: Database<Buffer, Buffer>
  /** Hashes of the values held by key: several for one. */
  readonly #hashes: Database<Buffer, Buffer>
  readonly #writes = new GroupWrites<Change>((changes) => this.#writeAll(changes))
  readonly #now: () => number

  private constructor({ folder, now }: PrivateValuesOptions) {
    this.#root = openRoot(folder)
    const table = (name: string, dupSort = false): Database<Buffer, Buffer> =>
      this.#root.openDB(name, { encoding: 'binary', keyEncoding: 'binary', dupSort })
    this.#values = opened(this.#root, () => table('values'))
    this.#hashes = opened(this.#root, () => table('hashes', true))
    this.#now = now
  }

  static open(options: PrivateValuesOptions): PrivateValues {
    return new PrivateValues(options)
  }

  async close(): Promise<void> {
    await this.#writes.idle()
    await this.#root.close()
  }

  /** Undefined where this node does not hold a value of this hash (64 hex digits) for the key. */
  get(namespace: string, collection: string, key: string, valueHash: string): Uint8Array | undefined {
    const found = this.#values.get(
      valueKey(placeOf(namespace, collection, key), Buffer.from(valueHash, 'hex')),
    )
    return found && Uint8Array.from(found.subarray(TIME_BYTES))
  }

  /** Keys from `start` (inclusive) to `end` (exclusive; empty: unbounded) in UTF-8 byte order for which any value is held. */
  *keys(namespace: string, collection: string, start: string, end: string): Generator<string> {
    const prefix = placeOf(namespace, collection, '')
    const last = end === '' ? afterPrefix(prefix) : placeOf(namespace, collection, end)
    for (const place of this.#places(placeOf(namespace, collection, start), last)) {
      yield place.toString('utf8', prefix.length)
    }
  }

  /** On the disk when it resolves. Those that come together are brought there together. @throws {RangeError} for a key too long @throws {DiskError} when the disk does not take them */
  async put(values: readonly PrivateValue[]): Promise<void> {
    const time = Buffer.allocUnsafe(TIME_BYTES)
    time.writeDoubleBE(this.#now())
    const rows = values.flatMap(({ namespace, collection, key, value }) => {
      if (value === null) return []
      const hash = createHash('sha256').update(value).digest()
      return [{ place: placeOf(namespace, collection, key), hash, kept: Buffer.concat([time, value]) }]
    })
    if (rows.length === 0) return
    await this.#writes.add(() =>
      rows.flatMap(({ place, hash, kept }) => [
        this.#values.put(valueKey(place, hash), kept),
        this.#hashes.put(place, hash),
      ]),
    )
  }

  /** Forgets all values of a key. */
  async purge(namespace: string, collection: string, key: string): Promise<void> {
    const place = placeOf(namespace, collection, key)
    await this.#writes.add(() =>
      [...this.#hashes.getValues(place)].flatMap((hash) => this.#remove(place, hash)),
    )
  }

  /**
   * Forgets the values that were put more than `maxAgeMs` ago and that `isNeeded` does not know: of calls that never came
   * on the chain, and former ones. Returns how many went. Others have their turn in between.
   */
  async sweep(maxAgeMs: number, isNeeded: (value: HeldValue) => boolean): Promise<number> {
    const latest = this.#now() - maxAgeMs
    let swept = 0
    let looked = 0
    for (const place of this.#places(Buffer.of(0), Buffer.of(0xff))) {
      const old = [...this.#hashes.getValues(place)].filter(
        (hash) => this.#putAtMs(place, hash) < latest && !isNeeded(held(place, hash)),
      )
      swept += old.length
      if (old.length > 0) await this.#writes.add(() => old.flatMap((hash) => this.#remove(place, hash)))
      if (++looked % SWEEP_STEP === 0) await new Promise(setImmediate)
    }
    return swept
  }

  /** Some at a time: between two of them nothing of the database is held. */
  *#places(start: Buffer, end: Buffer): Generator<Buffer> {
    let last: Buffer | undefined
    for (;;) {
      const range = {
        start: last ?? start,
        end,
        exclusiveStart: last !== undefined,
        limit: STEP,
        snapshot: false,
      }
      const chunk = [...this.#hashes.getKeys(range)]
      yield* chunk
      last = chunk.at(-1)
      if (chunk.length < STEP || !last) return
    }
  }

  #putAtMs(place: Buffer, hash: Buffer): number {
    return this.#values.get(valueKey(place, hash))?.readDoubleBE(0) ?? 0
  }

  #remove(place: Buffer, hash: Buffer): Promise<boolean>[] {
    return [this.#values.remove(valueKey(place, hash)), this.#hashes.remove(place, hash)]
  }

  async #writeAll(changes: readonly Change[]): Promise<void> {
    await written(this.#root, () =>
      this.#root.batch(() => {
        // They fail with the batch; what became of that is told once.
        for (const change of changes) for (const done of change()) done.catch(() => undefined)
      }),
    )
  }
}

/** The key's place: the lengths of the names before it keep collections apart, and its keys in their order. */
function placeOf(namespace: string, collection: string, key: string): Buffer {
  const [space, name, bytes] = [namespace, collection, key].map((text) => Buffer.from(text, 'utf8')) as [
    Buffer,
    Buffer,
    Buffer,
  ]
  if (bytes.length > MAX_KEY_BYTES)
    throw new RangeError(`a private key takes ${bytes.length} bytes, more than ${MAX_KEY_BYTES}`)
  return Buffer.concat([Buffer.of(space.length), space, Buffer.of(name.length), name, bytes])
}

function held(place: Buffer, hash: Buffer): HeldValue {
  const nameAt = 2 + (place[0] ?? 0)
  const keyAt = nameAt + (place[nameAt - 1] ?? 0)
  return {
    namespace: place.toString('utf8', 1, nameAt - 1),
    collection: place.toString('utf8', nameAt, keyAt),
    key: place.toString('utf8', keyAt),
    valueHash: hash.toString('hex', 0, HASH_BYTES),
  }
}

function valueKey(place: Buffer, hash: Buffer): Buffer {
  return Buffer.concat([createHash('sha256').update(place).digest(), hash])
}
