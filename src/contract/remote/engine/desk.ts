import type { RemoteContract } from '../remote-contract.js'
import type { Invocations } from './invocations.js'
import type { PrimeLimits, PrimeParts } from './prime-parts.js'
import type { Session } from './session.js'

/** What the parts that look after one contract share. */
export interface Desk {
  readonly contractId: string
  readonly parts: PrimeParts
  readonly limits: PrimeLimits
  /** By id. */
  readonly sessions: Map<string, Session>
  /** Others after what is on the disk had to be read again. */
  invocations: Invocations
  /** Undefined: it is deleted. */
  contract(): RemoteContract | undefined
  /** An alarm by the monotonic clock. */
  wakeAt(atMs: number): void
}

export function windowOf({ limits }: Desk, contract: RemoteContract): number {
  return contract.executionOrder === 'serial' ? 1 : limits.window
}

/** REM-18: a serial contract may stand still until somebody has seen to its dead invocation. */
export function isHalted({ invocations }: Desk, contract: RemoteContract): boolean {
  const { executionOrder, onDead } = contract
  return executionOrder === 'serial' && onDead === 'halt' && invocations.row.counts.dead > 0
}
