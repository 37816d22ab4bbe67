import { ProtocolError } from '../../../src/p2p/errors.js'

/** The fault of the ProtocolError that a function throws; undefined where it throws nothing. */
export function faultOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
}
