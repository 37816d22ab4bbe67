import { messageOf } from '../../../base/errors.js'
import type { Schedule } from '../remote-contract.js'
import type { Desk } from './desk.js'
import { type PlannedTimes, plannedTimes } from './planned-times.js'
import { invocationId } from './rows.js'

/** A time this far ahead that is dealt with already says that the clock was set back. */
const AHEAD_MS = 60_000

/** Invokes a contract at the times that its schedule plans. */
export class Schedules {
  readonly #desk: Desk
  #known: { readonly of: string; readonly times: PlannedTimes | undefined } | undefined

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** REM-40: call it when the node starts, when the contract is another, and when the alarm rings. */
  check(): void {
    const contract = this.#desk.contract()
    const { invocations, parts } = this.#desk
    if (!contract?.schedule || contract.state !== 'active') {
      if (invocations.row.schedule) invocations.change({ schedule: null })
      return
    }
    const of = JSON.stringify(contract.schedule)
    const times = this.#timesOf(contract.schedule, of)
    if (!times) return
    const nowMs = parts.now()
    const planned = times.lastBetween(this.#lastMs(of, nowMs), nowMs)
    if (planned !== undefined) this.#invoke(contract.txnType, of, planned)
    const next = times.after(nowMs)
    if (next !== undefined) this.#desk.wakeAt(parts.monotonicMs() + next - nowMs)
  }

  /** REM-41: a new schedule, or one that was paused, has nothing to catch up on. */
  #lastMs(of: string, nowMs: number): number {
    const { invocations } = this.#desk
    const { schedule } = invocations.row
    if (schedule?.of === of && schedule.lastMs <= nowMs + AHEAD_MS) return schedule.lastMs
    invocations.change({ schedule: { of, lastMs: nowMs } })
    return nowMs
  }

  /** REM-42: not while the last one has not ended, and never twice for one planned time. */
  #invoke(txnType: string, of: string, planned: number): void {
    const { contractId, invocations } = this.#desk
    invocations.change({ schedule: { of, lastMs: planned } })
    const txnId = `cron:${planned}`
    const id = invocationId(contractId, txnId)
    const isUnderWay = [...invocations.live.values()].some(({ row }) => row.kind === 'scheduled')
    if (isUnderWay || invocations.endOf(id)) return
    const extra = invocations.row.lastExtra + 1
    invocations.change({ lastExtra: extra })
    invocations.begin({
      ...{ id, contractId, txnType, txnId, extra },
      kind: 'scheduled',
      ordinal: 0,
      timestampMs: planned,
      tag: '',
      payloadJson: '{}',
    })
  }

  #timesOf(schedule: Schedule, of: string): PlannedTimes | undefined {
    if (this.#known?.of !== of) this.#known = { of, times: this.#parsed(schedule) }
    return this.#known.times
  }

  #parsed(schedule: Schedule): PlannedTimes | undefined {
    try {
      return plannedTimes(schedule)
    } catch (error) {
      const { contractId, parts } = this.#desk
      parts.log(`the schedule of the remote contract ${contractId} says nothing: ${messageOf(error)}`)
      return undefined
    }
  }
}
