import { channel, type Channel } from 'node:diagnostics_channel'
import type { Hash } from './hash.js'

interface Address {
  readonly host: string
  readonly port: number
}

/** A message that was sent, or has come: a large one when its first bytes have, any other when it is whole. */
export interface MessageDiagnostics extends Address {
  readonly command: string
  /** Of the payload. */
  readonly bytes: number
}

/** A block that has come whole and is sound. */
export interface BlockDiagnostics extends Address {
  readonly hash: Hash
  /** In bytes. */
  readonly size: number
  readonly txCount: number
}

/** An address that was banned. */
export interface BanDiagnostics extends Address {
  readonly reason: string
}

/** A channel of node:diagnostics_channel. What is told is made only where somebody listens. */
class Teller<Told> {
  readonly #channel: Channel

  constructor(name: string) {
    this.#channel = channel(name)
  }

  tell(told: () => Told): void {
    if (this.#channel.hasSubscribers) this.#channel.publish(told())
  }
}

/** What this library tells whoever measures it, of all peers of the process. */
export const diagnostics = {
  sent: new Teller<MessageDiagnostics>('terrarium.p2p.sent'),
  received: new Teller<MessageDiagnostics>('terrarium.p2p.received'),
  block: new Teller<BlockDiagnostics>('terrarium.p2p.block'),
  ban: new Teller<BanDiagnostics>('terrarium.p2p.ban'),
}
