import type { BacklogReport } from './prime-reports.js'
import type { RemoteContract } from './remote-contract.js'

const FULL_AT = 0.9

/** How many more records the node takes for a contract. */
export function roomFor(
  { maxBacklog }: Pick<RemoteContract, 'maxBacklog'>,
  { pending, leased }: Pick<BacklogReport, 'pending' | 'leased'>,
): number {
  return Math.max(0, Math.ceil(maxBacklog * FULL_AT) - pending - leased)
}

export function isFull(
  contract: Pick<RemoteContract, 'maxBacklog'>,
  backlog: Pick<BacklogReport, 'pending' | 'leased'>,
): boolean {
  return roomFor(contract, backlog) === 0
}
