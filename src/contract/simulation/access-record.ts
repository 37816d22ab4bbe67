import { metadataNamespace } from '../../ledger/contracts/namespaces.js'
import type { Binary } from '../../ledger/payload/binary.js'
import type {
  KeyRead,
  KeyVersion,
  KeyWrite,
  RangeRead,
  RangeResult,
} from '../../ledger/payload/key-access.js'
import { compareUtf8, utf8Length } from '../../ledger/text.js'
import type { PrivateWrite } from '../call.js'
import type { SimulationSettings } from './settings.js'
import { StateRequestError } from './state-requests.js'

type Limits = Pick<SimulationSettings, 'maxReads' | 'maxWrites' | 'maxWriteBytes'>

/** A scan while it goes on; not exhausted until its iterator ran to the end. */
export interface OpenRange extends RangeRead {
  exhausted: boolean
  readonly results: RangeResult[]
}

export interface WrittenKey {
  readonly namespace: string
  readonly key: string
}

/** What a call has read and written so far, all contracts that take part in it together. */
export class AccessRecord {
  readonly #txid: string
  readonly #limits: Limits
  readonly #reads = new Map<string, Map<string, KeyVersion | null>>()
  readonly #writes = new Map<string, Map<string, Binary | null>>()
  /** By the namespace and the key it is about. */
  readonly #metadata = new Map<string, Map<string, Binary | null>>()
  readonly #privateWrites = new Map<string, PrivateWrite>()
  readonly #ranges: OpenRange[] = []
  #readCount = 0
  #writeCount = 0
  #writeBytes = 0
  #hasWritten = false
  #hasPaged = false
  #hasQueriedPrivateData = false

  constructor(txid: string, limits: Limits) {
    this.#txid = txid
    this.#limits = limits
  }

  read(namespace: string, key: string, version: KeyVersion | null): void {
    const reads = innerMap(this.#reads, namespace)
    if (reads.has(key)) return
    this.#countRead()
    reads.set(key, version)
  }

  openRange(namespace: string, start: string, end: string): OpenRange {
    const range = { namespace, start, end, exhausted: false, results: [] }
    this.#ranges.push(range)
    return range
  }

  addToRange(range: OpenRange, key: string, version: KeyVersion): void {
    this.#countRead()
    range.results.push({ key, version })
  }

  /** Queries over private data and such that page themselves are not checked at commit, so a call with one must not write. */
  requireMayWrite(): void {
    const refuse = (reason: string) =>
      this.#unsupported(`Transaction has already performed ${reason}. Writes are not allowed`)
    if (this.#hasQueriedPrivateData) throw refuse('queries on pvt data')
    if (this.#hasPaged) throw refuse('a paginated query')
    this.#hasWritten = true
  }

  beforePagedQuery(): void {
    if (this.#hasWritten)
      throw this.#unsupported('Paginated queries are supported only in a read-only transaction')
    this.#hasPaged = true
  }

  beforePrivateQuery(): void {
    if (this.#hasWritten)
      throw this.#unsupported('Queries on pvt data is supported only in a read-only transaction')
    this.#hasQueriedPrivateData = true
  }

  /** The last write of a key counts. */
  write(namespace: string, key: string, value: Binary | null): void {
    this.#put(this.#writes, namespace, key, value)
  }

  /** What this call leaves at the key so far; undefined: it did not write it. */
  written(namespace: string, key: string): Binary | null | undefined {
    return this.#writes.get(namespace)?.get(key)
  }

  writeMetadata(namespace: string, key: string, value: Binary | null): void {
    this.#put(this.#metadata, namespace, key, value)
  }

  writtenMetadata(namespace: string, key: string): Binary | null | undefined {
    return this.#metadata.get(namespace)?.get(key)
  }

  dropMetadata(namespace: string, key: string): void {
    this.#metadata.get(namespace)?.delete(key)
  }

  get keysWithMetadata(): readonly WrittenKey[] {
    return keysOf(this.#metadata)
  }

  get deletedKeys(): readonly WrittenKey[] {
    return keysOf(this.#writes).filter(({ namespace, key }) => this.written(namespace, key) === null)
  }

  writePrivate(write: PrivateWrite): void {
    const place = `${write.namespace}\0${write.collection}\0${write.key}`
    const before = this.#privateWrites.get(place)
    this.#countBytes((write.value?.length ?? 0) - (before?.value?.length ?? 0))
    this.#privateWrites.set(place, write)
  }

  get reads(): readonly KeyRead[] {
    return inOrder(this.#reads, (namespace, key, version): KeyRead => ({ namespace, key, version }))
  }

  get writes(): readonly KeyWrite[] {
    const all = new Map(this.#writes)
    for (const [namespace, entries] of this.#metadata) all.set(metadataNamespace(namespace), entries)
    return inOrder(all, (namespace, key, value): KeyWrite => ({ namespace, key, value }))
  }

  /** In the order they were opened, without repetitions. */
  get rangeReads(): readonly RangeRead[] {
    if (this.#ranges.length < 2) return this.#ranges
    const seen = new Set<string>()
    return this.#ranges.filter((range) => {
      const text = JSON.stringify(range)
      return !seen.has(text) && seen.add(text)
    })
  }

  get privateWrites(): readonly PrivateWrite[] {
    return [...this.#privateWrites.values()]
  }

  #put(maps: Map<string, Map<string, Binary | null>>, namespace: string, key: string, value: Binary | null) {
    const values = innerMap(maps, namespace)
    const before = values.get(key)
    if (before === undefined) this.#countWrite(key)
    this.#countBytes(sizeOf(value) - sizeOf(before ?? null))
    values.set(key, value)
  }

  #countRead(): void {
    this.#readCount += 1
    const { maxReads } = this.#limits
    if (this.#readCount > maxReads) throw new StateRequestError(`the call reads more than ${maxReads} keys`)
  }

  #countWrite(key: string): void {
    this.#writeCount += 1
    this.#countBytes(utf8Length(key))
    const { maxWrites } = this.#limits
    if (this.#writeCount > maxWrites)
      throw new StateRequestError(`the call writes more than ${maxWrites} keys`)
  }

  #countBytes(bytes: number): void {
    this.#writeBytes += bytes
    const { maxWriteBytes } = this.#limits
    if (this.#writeBytes > maxWriteBytes)
      throw new StateRequestError(`the call writes more than ${maxWriteBytes} bytes`)
  }

  /** The misspelling is Fabric's: clients know the text. */
  #unsupported(reason: string): StateRequestError {
    return new StateRequestError(`txid [${this.#txid}]: unsuppored transaction. ${reason}`)
  }
}

function innerMap<V>(maps: Map<string, Map<string, V>>, namespace: string): Map<string, V> {
  let inner = maps.get(namespace)
  if (!inner) maps.set(namespace, (inner = new Map<string, V>()))
  return inner
}

/** By namespace, then key, in UTF-8 byte order (PAY-16, PAY-17). */
function inOrder<V, R>(
  maps: ReadonlyMap<string, ReadonlyMap<string, V>>,
  make: (namespace: string, key: string, value: V) => R,
): readonly R[] {
  return [...maps]
    .sort(([a], [b]) => compareUtf8(a, b))
    .flatMap(([namespace, inner]) =>
      [...inner].sort(([a], [b]) => compareUtf8(a, b)).map(([key, value]) => make(namespace, key, value)),
    )
}

function keysOf(maps: ReadonlyMap<string, ReadonlyMap<string, unknown>>): readonly WrittenKey[] {
  return [...maps].flatMap(([namespace, inner]) => [...inner.keys()].map((key) => ({ namespace, key })))
}

function sizeOf(value: Binary | null): number {
  if (!value) return 0
  return 'text' in value ? utf8Length(value.text) : value.hex.length / 2
}
