import { constants } from 'node:os'
import { DiskError } from '../base/disk-error.js'
import { messageOf } from '../base/errors.js'

const { ENOSPC, EDQUOT } = constants.errno

/** Names as Node has them, numbers as LMDB has them. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', ENOSPC, EDQUOT]

/** What could not be written, why, and what helps: `doing` is such as `write /x/y.json`. */
export function notWritten(doing: string, cause: unknown): DiskError {
  const { code } = cause as { readonly code?: unknown }
  const cure = FULL.includes(code) ? ' (make room on its disk)' : ''
  return new DiskError(`cannot ${doing}: ${messageOf(cause)}${cure}`, { cause })
}
