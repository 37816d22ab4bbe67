import { NonceRange, type SearchJob } from './nonce-range.js'

/** Hashes in a row on a thread that has others to serve: about two milliseconds. */
const SLICE = 4096

/** Searches on this thread, which serves others between slices. Undefined once the signal aborts. */
export async function searchHere(
  job: SearchJob,
  signal: AbortSignal,
  onHashes: (count: number) => void,
): Promise<string | undefined> {
  const range = new NonceRange(job)
  while (!signal.aborted) {
    const before = range.tried
    const nonce = range.search(SLICE)
    onHashes(range.tried - before)
    if (nonce !== undefined) return nonce
    await new Promise(setImmediate)
  }
  return undefined
}
