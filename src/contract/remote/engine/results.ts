import { AckStatus } from '../../wire/remote.js'
import type { Acknowledgement, Outcome } from '../prime.js'
import type { RemoteContract } from '../remote-contract.js'
import { failAttempt } from './attempts.js'
import { cappedLogs } from './cap-logs.js'
import type { Desk } from './desk.js'
import type { Group } from './group-commit.js'
import type { Ended } from './invocations.js'
import { badOutput, digestOf, judgeResult, type Verdict } from './judge-result.js'
import type { Live } from './lease.js'
import { sameToken } from './leases.js'
import { measuredOutput, unsignedOutput } from './output-transaction.js'
import type { TableChange } from './tables.js'

/** What is to be answered once the group is on the disk. */
export interface Taken {
  readonly acknowledgement: Acknowledgement
  /** Undefined: nothing was written. */
  readonly group: Group | undefined
  /** The number of an invocation whose output waits for the chain. */
  readonly output?: number
}

/** Takes results in. */
export class Results {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** REM-20 */
  take(outcome: Outcome, contract: RemoteContract): Taken {
    const live = this.#desk.invocations.live.get(outcome.invocationId)
    if (!live) return this.#afterTheEnd(outcome)
    if (!live.row.token || !sameToken(live.row.token, outcome.leaseToken))
      return answered('STALE', 'the invocation was given to another client since')
    return this.#judged(live, outcome, judgeResult(outcome), contract)
  }

  /** REM-19: the same result again is answered as before, another has no effect. */
  #afterTheEnd(outcome: Outcome): Taken {
    const end = this.#desk.invocations.endOf(outcome.invocationId)
    if (!end) return answered('STALE', 'no such invocation is under way')
    const { digest, outputTxnId, state } = end.row
    if (!digest || !sameToken(digest, digestOf(outcome)))
      return answered('STALE', `the invocation is ${state} already`)
    return { ...answered('ALREADY_COMMITTED', '', outputTxnId ?? ''), group: end.group }
  }

  #judged(live: Live, outcome: Outcome, verdict: Verdict, contract: RemoteContract): Taken {
    if (verdict.outcome === 'retry') return this.#retried(live, outcome, verdict.error)
    if (verdict.outcome === 'bad') return this.#refused(live, outcome, verdict.error)
    const error = verdict.outcome === 'error' ? verdict.error : null
    if (!outcome.outputToChain) return committed(this.#end(live, outcome, error, undefined))
    const tag = outcome.outputTag ?? live.row.tag
    const { parts } = this.#desk
    const origin = { chainId: parts.source.chainId, txnType: contract.txnType, invoker: parts.keys.address }
    const said = { tag, dataJson: outcome.dataJson, error }
    const { id, bytes } = measuredOutput(unsignedOutput(origin, live.row, said))
    if (bytes > parts.maxTransactionBytes) {
      const flaw = `the output would be a transaction of more than ${parts.maxTransactionBytes} bytes`
      return this.#refused(live, outcome, badOutput(flaw))
    }
    live.row = { ...live.row, tag }
    const taken = this.#end(live, outcome, error, id)
    return { ...committed(taken), output: taken.row.number }
  }

  #end(live: Live, outcome: Outcome, error: string | null, outputTxnId: string | undefined): Ended {
    const { dataJson, heapJson } = outcome
    const { invocations, contractId } = this.#desk
    const heap = Object.entries(heapJson).map(([key, value]): TableChange => ({
      table: 'heap',
      key: [contractId, key],
      value,
    }))
    const ending = { error, digest: digestOf(outcome), dataJson, outputTxnId }
    return invocations.end(
      live,
      error === null ? 'taken' : 'refused',
      { ...ending, hasToSend: outputTxnId !== undefined },
      [...heap, ...this.#logs(outcome)],
    )
  }

  #refused(live: Live, outcome: Outcome, error: string): Taken {
    const ending = { error, digest: digestOf(outcome) }
    const { group } = this.#desk.invocations.end(live, 'refused', ending, this.#logs(outcome))
    return { ...answered('REJECTED', error), group }
  }

  #retried(live: Live, outcome: Outcome, error: string): Taken {
    const logs = cappedLogs(outcome.logs)
    const group = failAttempt(this.#desk, live, { error, isLost: false, endsLease: true, logs })
    const isDead = !this.#desk.invocations.live.has(outcome.invocationId)
    return { ...answered('COMMITTED', isDead ? 'it is not tried again' : 'it will be tried again'), group }
  }

  #logs({ invocationId, logs }: Outcome): readonly TableChange[] {
    return this.#desk.invocations.logChange(invocationId, cappedLogs(logs))
  }
}

function committed({ row, group }: Ended): Taken {
  return { ...answered('COMMITTED', '', row.outputTxnId ?? ''), group }
}

function answered(
  status: 'COMMITTED' | 'ALREADY_COMMITTED' | 'STALE' | 'REJECTED',
  detail: string,
  outputTxnId = '',
): Taken {
  return { acknowledgement: { status: AckStatus[status], outputTxnId, detail }, group: undefined }
}
