import type { RecordField } from '../record-queries.js'
import type { Anchor, FieldStore } from './field-store.js'
import { type ReadField, readFields } from './field-values.js'
import type { Lane, RecordLanes } from './record-lanes.js'

/** A type that is indexed, with how far that has come. */
export interface IndexedType {
  readonly setId: number
  readonly txnType: string
  readonly fields: readonly ReadField[]
  /** As on disk. */
  readonly anchors: Record<Lane, readonly Anchor[]>
}

/** The types whose records are found by more than their place. */
export class IndexedTypes {
  readonly #store: FieldStore
  readonly #types = new Map<string, IndexedType>()

  constructor(store: FieldStore) {
    this.#store = store
    for (const { id, txnType, fields } of store.sets()) this.#put(id, txnType, readFields(fields))
  }

  get(txnType: string): IndexedType | undefined {
    return this.#types.get(txnType)
  }

  names(): Iterable<string> {
    return this.#types.keys()
  }

  /** False: the type has these very fields already. Done when it is on disk. @throws {RecordFieldError} */
  async define(txnType: string, fields: readonly RecordField[]): Promise<boolean> {
    const read = readFields(fields)
    const before = this.#types.get(txnType)
    if (before && textOf(before.fields) === textOf(read)) return false
    this.#put(await this.#store.define(txnType, read.map(plain)), txnType, read)
    return true
  }

  async undefine(txnType: string): Promise<void> {
    this.#types.delete(txnType)
    await this.#store.undefine(txnType)
  }

  #put(setId: number, txnType: string, fields: readonly ReadField[]): void {
    const anchors = (lane: Lane): readonly Anchor[] => this.#store.anchors(setId, lane)
    const both = { record: anchors('record'), output: anchors('output') }
    this.#types.set(txnType, { setId, txnType, fields, anchors: both })
  }
}

/** Those that the chain still has, the newest last: all up to the ordinal of the last is indexed as the chain is now. */
export function standing(
  anchors: readonly Anchor[],
  { hashAt }: Pick<RecordLanes, 'hashAt'>,
): readonly Anchor[] {
  // What a block stands on does not change while the chain has the block.
  for (let length = anchors.length; length > 0; length--) {
    const anchor = anchors[length - 1] as Anchor
    if (hashAt(anchor.height) === anchor.hash) return anchors.slice(0, length)
  }
  return []
}

export function plain({ name, path, type, separator }: ReadField): RecordField {
  return { name, path, type, ...(separator === undefined ? {} : { separator }) }
}

function textOf(fields: readonly ReadField[]): string {
  return JSON.stringify(fields.map(plain))
}
