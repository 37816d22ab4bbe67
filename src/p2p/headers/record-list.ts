const PER_CHUNK_BITS = 13
const PER_CHUNK = 1 << PER_CHUNK_BITS

interface Chunk {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** A list of records of one size, in pieces, so that it grows without copying and without room to spare. */
export class RecordList {
  readonly #size: number
  readonly #chunks: Chunk[] = []
  #length = 0

  /** @param size of a record, in bytes */
  constructor(size: number) {
    this.#size = size
  }

  get length(): number {
    return this.#length
  }

  /** Appends the records that stand side by side. */
  push(records: Uint8Array): void {
    for (let start = 0; start < records.length;) {
      const used = this.#length % PER_CHUNK
      if (used === 0) this.#chunks.push(newChunk(PER_CHUNK * this.#size))
      const end = Math.min(records.length, start + (PER_CHUNK - used) * this.#size)
      this.#chunks.at(-1)?.bytes.set(records.subarray(start, end), used * this.#size)
      this.#length += (end - start) / this.#size
      start = end
    }
  }

  /** Keeps the first `length` records. */
  truncate(length: number): void {
    this.#length = length
    this.#chunks.length = Math.ceil(length / PER_CHUNK)
  }

  /** A view that holds until the list is truncated. */
  at(index: number): Uint8Array {
    const start = (index % PER_CHUNK) * this.#size
    return this.#chunk(index).bytes.subarray(start, start + this.#size)
  }

  u32(index: number, offset: number): number {
    return this.#chunk(index).view.getUint32((index % PER_CHUNK) * this.#size + offset, true)
  }

  /** Copies of the records from `first` to the end, side by side. */
  from(first: number): Uint8Array {
    const copy = new Uint8Array((this.#length - first) * this.#size)
    for (let index = first; index < this.#length;) {
      const used = index % PER_CHUNK
      const count = Math.min(PER_CHUNK - used, this.#length - index)
      const bytes = this.#chunk(index).bytes.subarray(used * this.#size, (used + count) * this.#size)
      copy.set(bytes, (index - first) * this.#size)
      index += count
    }
    return copy
  }

  #chunk(index: number): Chunk {
    const chunk = this.#chunks[index >>> PER_CHUNK_BITS]
    if (chunk === undefined) throw new RangeError(`there is no record ${index}`)
    return chunk
  }
}

function newChunk(length: number): Chunk {
  const bytes = new Uint8Array(length)
  return { bytes, view: new DataView(bytes.buffer) }
}
