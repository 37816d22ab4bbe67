import type { Acknowledgement, Attached, Client, Held, Outcome } from '../prime.js'
import type { RemoteContract } from '../remote-contract.js'
import { Alarm } from './alarm.js'
import type { Desk } from './desk.js'
import { Grants } from './grants.js'
import type { GroupCommit } from './group-commit.js'
import { Invocations } from './invocations.js'
import { Leases } from './leases.js'
import { Outbox } from './outbox.js'
import { PRIME_LIMITS, type PrimeParts } from './prime-parts.js'
import { Reorg } from './reorg.js'
import { Results } from './results.js'
import { Retention } from './retention.js'
import type { Invoker, LiveRow } from './rows.js'
import { Schedules } from './schedules.js'
import type { Session } from './session.js'
import type { LogChunk } from '../../wire/remote.js'

/** All that concerns one contract. */
export class ContractQueue {
  readonly desk: Desk
  readonly #alarm: Alarm
  readonly #grants: Grants
  readonly #leases: Leases
  readonly #results: Results
  readonly #schedules: Schedules
  readonly #outbox: Outbox
  readonly #retention: Retention
  readonly #reorg: Reorg
  readonly #commit: GroupCommit
  #isClosed = false

  constructor(parts: PrimeParts, commit: GroupCommit, contractId: string, rows: readonly LiveRow[]) {
    this.#alarm = new Alarm(parts, () => this.wake())
    this.#commit = commit
    this.desk = {
      contractId,
      parts,
      limits: { ...PRIME_LIMITS, ...parts.limits },
      sessions: new Map(),
      invocations: new Invocations(parts, commit, contractId, rows),
      contract: () => parts.registry.get(contractId),
      wakeAt: (atMs) => {
        if (!this.#isClosed) this.#alarm.set(atMs)
      },
    }
    this.#grants = new Grants(this.desk)
    this.#leases = new Leases(this.desk)
    this.#results = new Results(this.desk)
    this.#schedules = new Schedules(this.desk)
    this.#outbox = new Outbox(this.desk, commit)
    this.#retention = new Retention(this.desk, this.#outbox)
    this.#reorg = new Reorg(this.desk, this.#grants)
  }

  get outputsMissing(): number {
    return this.#outbox.missing
  }

  attach(client: Client, maxInFlight: number, held: readonly Held[], contract: RemoteContract): Attached {
    return this.#leases.attach(client, maxInFlight, held, contract)
  }

  start(session: Session): void {
    session.isStarted = true
    this.#grants.pump()
  }

  detach(session: Session, how: 'goodbye' | 'lost'): void {
    this.#leases.detach(session, how)
    this.#grants.pump()
  }

  credit(session: Session, maxInFlight: number): void {
    session.maxInFlight = maxInFlight
    this.#grants.pump()
  }

  progress(id: string, token: Uint8Array, logs: LogChunk | undefined): void {
    const contract = this.desk.contract()
    if (contract) this.#leases.progress(id, token, logs, contract)
  }

  async finish(outcome: Outcome, contract: RemoteContract): Promise<Acknowledgement> {
    const { acknowledgement, group, output } = this.#results.take(outcome, contract)
    // From now on it counts as ended, so its output is due.
    if (output !== undefined) this.#outbox.expect()
    // What it leaves room for is written with it.
    this.#grants.pump()
    await group?.durable
    if (output !== undefined) this.#outbox.added()
    this.#retention.trim()
    return acknowledgement
  }

  /** One more attempt for a dead invocation. False: it is not dead, or its record is gone. */
  async retry(id: string): Promise<boolean> {
    const { invocations, parts } = this.desk
    const row = invocations.endOf(id)?.row
    if (row?.state !== 'dead') return false
    const record = row.kind === 'transaction' ? parts.source.at(row.txnType, row.ordinal) : undefined
    if (row.kind === 'transaction' && record?.transactionId !== row.txnId) return false
    const { group } = invocations.reopen(row)
    this.#grants.pump()
    await group.durable
    return true
  }

  /** A dead invocation counts as cancelled. False: it is not dead. */
  async discard(id: string): Promise<boolean> {
    const { invocations } = this.desk
    const row = invocations.endOf(id)?.row
    if (row?.state !== 'dead') return false
    const group = invocations.replace(row, { ...row, state: 'cancelled' })
    // A serial contract may have stood still because of it.
    this.#grants.pump()
    await group.durable
    return true
  }

  /** Somebody invokes the contract without a record. */
  async invoke(invoker: Omit<Invoker, 'ordinal' | 'extra'>): Promise<void> {
    const { invocations } = this.desk
    const extra = invocations.row.lastExtra + 1
    invocations.change({ lastExtra: extra })
    const { group } = invocations.begin({ ...invoker, ordinal: 0, extra })
    this.#grants.pump()
    await group.durable
  }

  /** The chain is another. */
  onTip(): void {
    this.#reorg.check()
    this.#grants.pump()
    this.#outbox.onTip()
    if (this.desk.invocations.row.isDeleted) this.#purge()
  }

  onDropped(transactionId: string): void {
    this.#outbox.onDropped(transactionId)
  }

  /** Looks at everything that time or a change of the contract may have made possible. */
  wake(): void {
    if (this.#isClosed) return
    if (!this.desk.contract()) this.#delete()
    this.#leases.expire()
    this.#schedules.check()
    this.#grants.pump()
  }

  /** What is on the disk is what counts: something could not be written. */
  reread(rows: readonly LiveRow[], pauseMs: number): void {
    const { contractId, parts, sessions } = this.desk
    for (const session of sessions.values()) session.held.clear()
    this.desk.invocations = new Invocations(parts, this.#commit, contractId, rows)
    this.#grants.isPaused = true
    parts.after(pauseMs, () => {
      this.#grants.isPaused = this.#reorg.isUnderWay
      this.#outbox.reread()
      this.#reorg.check()
      this.wake()
    })
  }

  /** Resolves when nothing is under way but what is being written. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#grants.stop()
    this.#alarm.off()
    await this.#reorg.settled()
    await this.#outbox.close()
  }

  /** REM-8: whatever has not ended is cancelled, and what people would ask for goes. */
  #delete(): void {
    const { invocations } = this.desk
    if (invocations.row.isDeleted) return
    for (const live of [...invocations.live.values()]) {
      const session = live.lease?.session
      invocations.end(live, 'cancelled', { error: 'the contract is deleted' })
      session?.client.cancel(live.row.id, 'the contract is deleted')
    }
    invocations.change({ isDeleted: true })
  }

  /** Not before its outputs stand in the chain for good: they are made from what would go. */
  #purge(): void {
    if (this.#outbox.oldest() === undefined) this.#retention.purge()
  }
}
