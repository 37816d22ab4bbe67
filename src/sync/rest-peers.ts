import type { PeerCalls } from '../nodes/peer-call.js'
import { keyOf, type NodeRecord } from '../nodes/record.js'
import type { Channels } from './channel.js'
import type { Peer, Peers } from './peer.js'
import { RestPeer } from './rest-peer.js'

/** The known nodes as sync and relay call them. */
export class RestPeers implements Peers {
  readonly #known: () => readonly NodeRecord[]
  readonly #make: (record: NodeRecord) => Peer
  #seen: readonly NodeRecord[] = []
  #peers = new Map<string, Peer>()

  /** @param known returns another array whenever it changed. @param self this node, named in what it tells. */
  constructor(
    known: () => readonly NodeRecord[],
    self: NodeRecord,
    calls: Pick<PeerCalls, 'call'>,
    channels?: Channels,
  ) {
    this.#known = known
    this.#make = (record) => new RestPeer(record, self, calls, channels)
  }

  list(): readonly Peer[] {
    return [...this.#current().values()]
  }

  find(key: string): Peer | undefined {
    return this.#current().get(key)
  }

  #current(): ReadonlyMap<string, Peer> {
    const records = this.#known()
    if (records === this.#seen) return this.#peers
    this.#peers = new Map(
      records.map((record) => [keyOf(record), this.#peers.get(keyOf(record)) ?? this.#make(record)]),
    )
    this.#seen = records
    return this.#peers
  }
}
