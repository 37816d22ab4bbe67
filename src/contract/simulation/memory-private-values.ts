import { createHash } from 'node:crypto'
import { compareUtf8 } from '../../ledger/text.js'
import type { PrivateWrite } from '../call.js'
import type { PrivateValues } from '../private-values.js'

/** Values of one collection: by key, by their SHA-256. */
type Collection = Map<string, Map<string, Uint8Array>>

/** Private values in memory, of as many as there are. */
export class MemoryPrivateValues implements PrivateValues {
  readonly #collections = new Map<string, Collection>()

  get(namespace: string, collection: string, key: string, valueHash: string): Uint8Array | undefined {
    return this.#collection(namespace, collection).get(key)?.get(valueHash)
  }

  keys(namespace: string, collection: string, start: string, end: string): Iterable<string> {
    return [...this.#collection(namespace, collection).keys()]
      .filter((key) => compareUtf8(start, key) <= 0 && (end === '' || compareUtf8(key, end) < 0))
      .sort(compareUtf8)
  }

  put(writes: readonly PrivateWrite[]): Promise<void> {
    for (const write of writes) this.#hold(write)
    return Promise.resolve()
  }

  purge(namespace: string, collection: string, key: string): Promise<void> {
    this.#collection(namespace, collection).delete(key)
    return Promise.resolve()
  }

  /** What a node does for a valid call, at once. */
  apply(writes: readonly PrivateWrite[]): void {
    for (const write of writes) {
      if (write.isPurge) this.#collection(write.namespace, write.collection).delete(write.key)
      else this.#hold(write)
    }
  }

  #hold({ namespace, collection, key, value }: PrivateWrite): void {
    if (!value) return
    const values = this.#collection(namespace, collection)
    const versions = values.get(key) ?? new Map<string, Uint8Array>()
    versions.set(createHash('sha256').update(value).digest('hex'), value)
    values.set(key, versions)
  }

  #collection(namespace: string, name: string): Collection {
    const place = `${namespace}/${name}`
    const collection: Collection = this.#collections.get(place) ?? new Map<string, Map<string, Uint8Array>>()
    this.#collections.set(place, collection)
    return collection
  }
}
