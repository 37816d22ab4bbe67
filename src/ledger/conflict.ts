import type { InvocationPayload } from './payload/invocation.js'
import type { KeyVersion, RangeRead } from './payload/key-access.js'
import { compareUtf8 } from './text.js'
import { VALIDATION_CODE } from './validation-code.js'
import { sameVersion, type WorldView } from './world-state.js'

/** The first key that is not what a call saw, and so whose change it would undo. */
export interface Conflict {
  readonly code: typeof VALIDATION_CODE.MVCC_READ_CONFLICT | typeof VALIDATION_CODE.PHANTOM_READ_CONFLICT
  readonly namespace: string
  readonly key: string
  /** What the call saw; null: the key was absent. */
  readonly expected: KeyVersion | null
  /** The place of the transaction that came first; null: the key is gone. */
  readonly found: KeyVersion | null
}

type Difference = Pick<Conflict, 'key' | 'expected' | 'found'>

/**
 * What of the things a call read is no longer so in `world`; undefined where all is (WS-5, WS-6). Its code is the call's outcome
 * only in the state right before the call; in a later one it tells who came first all the same, but where the key went
 * back to being absent.
 */
export function conflictOf(
  call: Pick<InvocationPayload, 'reads' | 'rangeReads'>,
  world: WorldView,
): Conflict | undefined {
  for (const { namespace, key, version: expected } of call.reads) {
    const found = world.worldValue(namespace, key)?.version ?? null
    if (!sameVersion(found, expected))
      return { code: VALIDATION_CODE.MVCC_READ_CONFLICT, namespace, key, expected, found }
  }
  for (const range of call.rangeReads) {
    const difference = differenceIn(range, world)
    if (difference)
      return { code: VALIDATION_CODE.PHANTOM_READ_CONFLICT, namespace: range.namespace, ...difference }
  }
  return undefined
}

/** Stops at the first difference, so a scan costs no more than what the call claims to have seen. */
function differenceIn(
  { namespace, start, end, exhausted, results }: RangeRead,
  world: WorldView,
): Difference | undefined {
  let matched = 0
  if (!exhausted && results.length === 0) return undefined
  for (const { key, version } of world.worldRange(namespace, start, end)) {
    const seen = results[matched]
    if (!seen || compareUtf8(key, seen.key) < 0) return { key, expected: null, found: version }
    if (key !== seen.key) break
    if (!sameVersion(version, seen.version)) return { key, expected: seen.version, found: version }
    matched += 1
    if (!exhausted && matched === results.length) return undefined
  }
  const gone = results[matched]
  return gone && { key: gone.key, expected: gone.version, found: null }
}
