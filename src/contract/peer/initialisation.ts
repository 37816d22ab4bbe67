import { ContractError } from '../contract-error.js'
import type { StateRequests } from '../simulation/state-requests.js'
import type { Deployed } from './executor-ports.js'

/** Where the version stands that a contract was last initialised for, in its own namespace, as in Fabric. */
export const INITIALISED_KEY = '\u0000\u{10FFFF}initialized'

/**
 * Contracts that have to be initialised are called with is_init once for each version, before any other call. What is read
 * and written here belongs to the call.
 * @throws {ContractError} initialisation
 */
export function requireInitialised(
  { name, version, initRequired }: Deployed,
  isInit: boolean,
  requests: StateRequests,
): void {
  const refuse = (reason: string): ContractError =>
    new ContractError('initialisation', `chaincode '${name}' ${reason}`)
  if (!initRequired) {
    if (isInit) throw refuse('does not require initialization but called as init')
    return
  }
  const isDone = Buffer.from(requests.getState(INITIALISED_KEY, '')).toString() === version
  if (!isInit && !isDone) throw refuse('has not been initialized for this version, must call as init first')
  if (isInit && isDone) throw refuse('is already initialized but called as init')
  if (isInit) requests.putState(INITIALISED_KEY, Buffer.from(version), '')
}
