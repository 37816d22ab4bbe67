import { INV, type InvItem } from '../../wire/messages/inv.js'
import { Lane } from './lane.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'

/** The most items of one answer that are kept. */
const MAX_ITEMS = 1_000_000

const isTx = ({ type }: InvItem): boolean => type === INV.tx || type === INV.witnessTxId

/** Asks what waits for a block. The answers have no end of their own: the answer to a ping sent behind the question is it. */
export class MempoolRequests {
  readonly #lane: Lane<readonly InvItem[]>
  #items: InvItem[] = []

  constructor(
    ledger: RequestLedger,
    private readonly send: () => Promise<void>,
    private readonly ping: (options: RequestOptions) => Promise<number>,
  ) {
    this.#lane = new Lane(ledger)
  }

  ask(options: RequestOptions): Promise<readonly InvItem[]> {
    return this.#lane.ask('mempool', options, async () => {
      this.#items = []
      await this.send()
      await this.ping(options)
      this.#lane.current?.resolve(this.#items)
    })
  }

  observe(items: readonly InvItem[]): void {
    if (this.#lane.current === undefined) return
    for (const item of items) if (isTx(item) && this.#items.length < MAX_ITEMS) this.#items.push(item)
    this.#lane.current.progress()
  }
}
