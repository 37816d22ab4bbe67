import type { PeerManagerOptions } from '../../../src/p2p/manager/options.js'
import { PeerManager } from '../../../src/p2p/manager/peer-manager.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import type { PeerMessage } from '../../../src/p2p/peer/peer-message.js'
import type { Transport } from '../../../src/p2p/peer/transport.js'
import type { Version } from '../../../src/p2p/wire/messages/version.js'
import { FakeClock } from '../peer/support/fake-clock.js'
import { MemoryNode, obliging, type MemoryLink } from '../peer/support/memory-node.js'

/** Nodes in memory, reached by their host; where there is none, connections are refused. */
export class MemoryNet {
  readonly clock = new FakeClock()
  readonly nodes = new Map<string, MemoryNode>()
  /** Hosts in the order of the attempts to reach them. */
  readonly attempts: string[] = []
  readonly #nowhere: MemoryNode

  constructor(readonly network: Network) {
    this.#nowhere = new MemoryNode(network)
    this.#nowhere.refuses = true
  }

  /** A node that answers the handshake and pings, then does what it is told to. */
  add(
    host: string,
    changes: Partial<Version> = {},
    onMessage?: (message: PeerMessage, link: MemoryLink) => void,
  ): MemoryNode {
    const node = new MemoryNode(this.network, obliging(changes, onMessage))
    this.nodes.set(host, node)
    return node
  }

  readonly transport: Transport = (target, events) => {
    this.attempts.push(target.host)
    return (this.nodes.get(target.host) ?? this.#nowhere).transport(target, events)
  }

  /** A manager of these nodes without a file, and without jitter. */
  manager(options: Partial<PeerManagerOptions> = {}): PeerManager {
    return new PeerManager({
      network: this.network,
      transport: this.transport,
      clock: this.clock,
      usePersistedPeers: false,
      random: () => 0.5,
      ...options,
    })
  }
}
