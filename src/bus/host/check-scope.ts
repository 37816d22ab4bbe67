import { busError } from '../bus-error.js'
import type { BusCaller, OfferedMethod } from './offered-method.js'

/** Whether the caller may see the method at all. */
export function isVisible({ info }: OfferedMethod, { isTrusted }: Pick<BusCaller, 'isTrusted'>): boolean {
  return isTrusted || info.scope === 'public'
}

/** Strangers reach public methods only; that an admin method exists is no secret. */
export function checkScope(
  method: OfferedMethod | undefined,
  name: string,
  caller: Pick<BusCaller, 'isTrusted'>,
  unauthorized: () => Error,
): OfferedMethod {
  if (method && isVisible(method, caller)) return method
  if (method?.info.scope === 'admin') throw unauthorized()
  throw busError('METHOD_NOT_FOUND', `there is no method ${JSON.stringify(name)}`)
}
