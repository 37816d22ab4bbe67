import type { Binary } from './payload/binary.js'
import type { KeyVersion } from './payload/key-access.js'

/** What stands at a key, and which transaction put it there. */
export interface VersionedValue {
  readonly value: Binary
  readonly version: KeyVersion
}

export interface WorldEntry extends VersionedValue {
  readonly key: string
}

/** The world state as it stands after some transaction. */
export interface WorldView {
  /** Undefined where the key is absent. */
  worldValue(namespace: string, key: string): VersionedValue | undefined
  /** The entries from `start` (inclusive) to `end` (exclusive; empty: unbounded) in UTF-8 byte order (WS-2), read as they are taken. */
  worldRange(namespace: string, start: string, end: string): Iterable<WorldEntry>
}

/** One write of a valid call, in block order: a key may be written more than once in a block. Null deletes. */
export interface WorldWrite {
  readonly namespace: string
  readonly key: string
  readonly value: Binary | null
  /** The transaction that writes, also where it deletes. */
  readonly version: KeyVersion
}

/** What is to stand at a key again; null: nothing. */
export interface WorldRestore {
  readonly namespace: string
  readonly key: string
  readonly before: VersionedValue | null
}

/** Whether two versions name the same write; null: the key is absent. */
export function sameVersion(a: KeyVersion | null, b: KeyVersion | null): boolean {
  if (a === null || b === null) return a === b
  return a.height === b.height && a.index === b.index
}
