import type { ProtocolError } from '../../../../src/p2p/errors.js'
import type { PeerOptions } from '../../../../src/p2p/peer/options.js'
import { Peer } from '../../../../src/p2p/peer/peer.js'
import { FakeClock } from './fake-clock.js'
import type { MemoryNode } from './memory-node.js'

export interface Dialled {
  readonly peer: Peer
  readonly clock: FakeClock
  /** The promise of `connect`. */
  readonly connected: Promise<void>
  readonly faults: ProtocolError[]
  readonly handlerErrors: unknown[]
}

/** A peer that connects to a node in memory, at a time that stands still. */
export function dial(node: MemoryNode, options: Partial<PeerOptions> = {}): Dialled {
  const clock = new FakeClock()
  const peer = new Peer({
    host: 'memory',
    network: node.network,
    transport: node.transport,
    clock,
    ...options,
  })
  const faults: ProtocolError[] = []
  const handlerErrors: unknown[] = []
  peer.on('fault', (fault) => faults.push(fault))
  peer.on('handlerError', (error) => handlerErrors.push(error))
  const connected = peer.connect()
  // The test looks at it, or not.
  connected.catch(() => undefined)
  return { peer, clock, connected, faults, handlerErrors }
}
