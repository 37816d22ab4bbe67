import type { WorldView } from './world-state.js'

/** A value that a key had or has. */
export interface HistoryEntry {
  /** The call id of the call that wrote it. */
  readonly callId: string
  /** Of that call, in ms since 1970. */
  readonly timestampMs: number
  /** Null: it deleted the key. */
  readonly value: Uint8Array | null
}

/** The world state after one block, whatever blocks come while it is being read. */
export interface WorldSnapshot extends WorldView {
  /** -1 before block 0. */
  readonly height: number
  /** Valid writes of a key, the newest first, read as they are taken. */
  history(namespace: string, key: string): Iterable<HistoryEntry>
  /** Lets it go; to be called once. */
  close(): void
}

/** Opens a snapshot of the state as it is now. */
export type OpenSnapshot = () => WorldSnapshot
