import type { RootDatabase } from 'lmdb'
import { openRoot } from '../lmdb-root.js'

/**
 * Everything of remote contracts that no block tells: one LMDB environment, so that what belongs together is written together.
 */
export function openRemoteRoot(folder: string): RootDatabase<unknown, string> {
  return openRoot(folder, { maxDbs: 32 })
}
