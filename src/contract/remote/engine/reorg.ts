import { messageOf } from '../../../base/errors.js'
import { inSlices } from '../../../time/in-slices.js'
import type { RemoteContract } from '../remote-contract.js'
import type { Desk } from './desk.js'
import type { Grants } from './grants.js'
import type { Live } from './lease.js'
import type { BacklogPlace } from './rows.js'

const AFTER_ERROR_MS = 1_000
const LEFT = 'its record is no longer in the chain'

/** REM-5 to REM-7: brings a contract back to where the chain leads, once blocks were taken off it. */
export class Reorg {
  readonly #desk: Desk
  readonly #grants: Grants
  #running: Promise<void> | undefined

  constructor(desk: Desk, grants: Grants) {
    this.#desk = desk
    this.#grants = grants
  }

  get isUnderWay(): boolean {
    return this.#running !== undefined
  }

  /** Call it when the chain is another: nothing is granted before it has been dealt with. */
  check(): void {
    const contract = this.#desk.contract()
    if (this.#running || !contract || this.#isOnChain(contract)) return
    this.#grants.isPaused = true
    this.#running = this.#run(contract)
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run(contract: RemoteContract): Promise<void> {
    const { contractId, parts } = this.#desk
    try {
      await this.#follow(contract)
    } catch (error) {
      parts.log(`the remote contract ${contractId} cannot follow the chain: ${messageOf(error)}`)
      await new Promise<void>((resolve) => void parts.after(AFTER_ERROR_MS, resolve))
    }
    this.#running = undefined
    this.#grants.isPaused = false
    this.#grants.pump()
    // The chain may have gone on meanwhile.
    this.check()
  }

  /** Those after the place were left over when the contract went back to it. */
  #isOnChain({ txnType }: RemoteContract): boolean {
    const { invocations, parts } = this.#desk
    if (!invocations.backlog.isOnChain()) return false
    for (const { row } of this.#after(invocations.backlog.place)) {
      if (parts.source.at(txnType, row.ordinal)?.transactionId !== row.txnId) return false
    }
    return true
  }

  async #follow({ txnType }: RemoteContract): Promise<void> {
    const { source } = this.#desk.parts
    for (;;) {
      const { invocations } = this.#desk
      const agreed = invocations.backlog.agreed()
      const rows = [...this.#after(agreed)].map(({ row }) => row)
      const ids = new Set(rows.map(({ txnId }) => txnId))
      const around = rows.reduce((most, { ordinal }) => Math.max(most, ordinal), agreed.ordinal)
      const tip = source.hashAt(source.height())
      const found = await inSlices(invocations.backlog.find(txnType, ids, agreed.ordinal, around))
      const isSame = tip === source.hashAt(source.height()) && invocations === this.#desk.invocations
      if (!isSame) continue
      for (const live of [...this.#after(agreed)]) {
        const ordinal = found.get(live.row.txnId)?.ordinal
        if (ordinal === undefined) this.#cancel(live)
        else if (ordinal !== live.row.ordinal) invocations.update(live, { ...live.row, ordinal })
      }
      invocations.rewind(agreed)
      return
    }
  }

  *#after(place: BacklogPlace): Generator<Live> {
    for (const live of this.#desk.invocations.live.values()) {
      if (live.row.kind === 'transaction' && live.row.ordinal > place.ordinal) yield live
    }
  }

  /** REM-6: it is taken up again should the record come back. */
  #cancel(live: Live): void {
    const session = live.lease?.session
    this.#desk.invocations.end(live, 'cancelled', { error: LEFT, mayReturn: true })
    session?.client.cancel(live.row.id, LEFT)
  }
}
