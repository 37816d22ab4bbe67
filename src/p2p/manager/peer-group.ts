import { addressKey, type PeerAddress } from './address.js'
import type { ConnectionSlot } from './connection-slot.js'
import { HaveSet } from '../peer/have-set.js'

/** The connections to one address, and what they share. */
export class PeerGroup {
  readonly key: string
  readonly haveBlocks = new HaveSet()
  readonly slots: ConnectionSlot[] = []

  constructor(
    readonly address: PeerAddress,
    /** It was asked for by name: connections are kept whatever happens. */
    readonly configured: boolean,
  ) {
    this.key = addressKey(address)
  }

  get isConnected(): boolean {
    return this.slots.some(({ peer }) => peer?.ready === true)
  }

  start(delayMs: number): void {
    for (const slot of this.slots) slot.start(delayMs)
  }

  async stop(reason?: Error): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.stop(reason)))
  }
}
