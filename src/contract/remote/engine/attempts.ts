import type { Desk } from './desk.js'
import type { Group } from './group-commit.js'
import { failedOnce, isExhausted, retryDelayMs } from './invocation-states.js'
import type { Live } from './lease.js'
import type { LogRow } from './rows.js'

export interface FailedAttempt {
  readonly error: string
  /** It ended with its stream. REM-15: then the next attempt does not wait. */
  readonly isLost: boolean
  /** No result is taken under the lease any more. */
  readonly endsLease: boolean
  readonly logs?: LogRow | undefined
}

/** REM-13, REM-14: an attempt is over without a result; another follows, unless there were too many. */
export function failAttempt(desk: Desk, live: Live, attempt: FailedAttempt): Group {
  const { parts, invocations } = desk
  const delayMs = retryDelayMs(live.row.failures + 1, parts.random())
  const { error, isLost, endsLease } = attempt
  const retryAtMs = isLost ? null : parts.now() + delayMs
  const row = failedOnce(live.row, { error, isLost, retryAtMs, endsLease })
  const logs = invocations.logChange(row.id, attempt.logs ?? live.lease?.logs)
  if (isExhausted(row)) {
    live.row = row
    return invocations.end(live, 'exhausted', { error: attempt.error }, logs).group
  }
  return live.lease ? invocations.release(live, row, logs) : invocations.update(live, row, logs)
}

/** REM-13: somebody gives back what he was given: that is no failure. */
export function giveBack({ invocations }: Desk, live: Live): Group {
  const { row } = live
  if (!isExhausted(row)) return invocations.release(live, row)
  const error = row.error ?? `given to clients ${row.deliveries} times, and back`
  return invocations.end(live, 'exhausted', { error }).group
}
