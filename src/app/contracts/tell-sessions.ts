import type { SessionTeller } from '../../contract/remote/session/teller.js'
import type { SessionReport } from '../../contract/remote/sessions.js'
import type { Logger } from '../log.js'
import type { RareWarnings } from './rare-warnings.js'

/** Logs what becomes of the streams of remote contracts. */
export function sessionTeller(log: Logger, warnings: RareWarnings): SessionTeller {
  return {
    began: (session) => log.info(told(session), 'a remote contract is connected'),
    ended: (session, reason) => log.info({ ...told(session), reason }, 'a remote contract is gone'),
    refused: (address, { details: reason }) =>
      warnings.warn(
        `${address.replace(/:\d+$/, '')} ${reason}`,
        { address, reason },
        'a remote contract was turned away',
      ),
    fault: (error, session) =>
      log.error({ err: error, ...told(session) }, 'a remote contract could not be served'),
  }
}

function told({ contractId: contract, instanceId: instance, language, address, keyId }: SessionReport) {
  return { contract, instance, language, address, key_id: keyId }
}
