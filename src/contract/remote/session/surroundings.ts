import type { Prime } from '../prime.js'
import type { RemoteRegistry } from '../registry.js'
import type { RemoteSession } from './session.js'
import type { SessionTeller } from './teller.js'

/** What a session needs of its node. */
export interface SessionSurroundings {
  readonly prime: Prime
  readonly registry: Pick<RemoteRegistry, 'get' | 'environmentOf'>
  readonly now: () => number
  readonly tell: SessionTeller
  /** Whether there is room for one more stream of the contract, beside those of this instance. */
  readonly hasRoom: (contractId: string, instanceId: string) => boolean
  /** It has less to do than before. */
  readonly eased: () => void
  /** It was welcomed, or ended. */
  readonly turned: (session: RemoteSession) => void
}
