import type { PrimeReports } from '../../contract/remote/prime-reports.js'
import type { RemoteRegistry } from '../../contract/remote/registry.js'
import type { Logger } from '../log.js'

/** What is still to be done for the remote contracts of a node. */
export interface WaitingWork {
  readonly contracts: number
  /** Invocations that have not ended. */
  readonly invocations: number
  /** Outputs that are not on the chain. */
  readonly outputs: number
}

export function waitingWork(
  registry: Pick<RemoteRegistry, 'all'>,
  reports: Pick<PrimeReports, 'backlogOf'>,
): WaitingWork {
  const backlogs = [...registry.all()].map(({ id }) => reports.backlogOf(id))
  return {
    contracts: backlogs.length,
    invocations: backlogs.reduce((sum, { pending, leased }) => sum + pending + leased, 0),
    outputs: backlogs.reduce((sum, { outputsWaiting }) => sum + outputsWaiting, 0),
  }
}

/** Says of a node without a port for contracts what waits for one, and what goes on. */
export function tellClosed(
  { contracts, invocations, outputs }: WaitingWork,
  log: Pick<Logger, 'warn'>,
): void {
  if (contracts === 0) return
  log.warn(
    { contracts, invocations_waiting: invocations, outputs_waiting: outputs },
    'programs of remote contracts cannot connect, and invocations wait: --contract-port PORT lets them in; outputs go to the chain all the same',
  )
}
