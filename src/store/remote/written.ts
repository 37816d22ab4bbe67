import { messageOf } from '../../base/errors.js'

/**
 * Waits for a write of an LMDB environment. Where it fails, LMDB keeps the reason in a promise behind the error: that is told
 * as what it is, and nobody else has to take it.
 */
export async function written<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (error) {
    const { commitError } = error as { readonly commitError?: Promise<never> }
    const cause = commitError ? await commitError.catch((reason: unknown) => reason) : error
    throw new Error(`a write of remote contracts failed: ${messageOf(cause)}`, { cause })
  }
}
