import { open, type RootDatabase } from 'lmdb'

/** Address space, not size on disk. */
const MAP_BYTES = 1 << 40

/**
 * Everything of remote contracts that no block tells: one LMDB environment, so that what belongs together is written together.
 * What resolves when a write is committed says that it is on the disk (docs/decisions/remote.md).
 */
export function openRemoteRoot(folder: string): RootDatabase<unknown, string> {
  return open<unknown, string>({
    path: folder,
    noSubdir: false,
    cache: false,
    maxDbs: 32,
    mapSize: MAP_BYTES,
    overlappingSync: false,
    // LMDB's own batches fail with a rejection that nobody can take, and that ends the process.
    eventTurnBatching: false,
  })
}
