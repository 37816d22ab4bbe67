import { EventEmitter } from 'node:events'
import type { BlockReference } from '../api/schemas/common.js'
import type { Topic, TopicPayload } from '../api/topics.js'
import type { ChainEvents } from '../chain/chain-events.js'
import type { BlockHeader } from '../ledger/block.js'

/** What happens in a node, by topic, in the form that every door tells it. */
export class NodeEvents extends EventEmitter<{ [N in Topic]: [payload: TopicPayload<N>] }> {
  constructor() {
    super()
    // Every subscriber of every door listens here.
    this.setMaxListeners(0)
  }
}

/** Tells what happens in the chain by topic. */
export function tellChainEvents(chain: ChainEvents, events: NodeEvents): void {
  chain.on('connected', ({ header }) => events.emit('chain.connected', referenceTo(header)))
  chain.on('disconnected', ({ header }) => events.emit('chain.disconnected', referenceTo(header)))
  chain.on('tip', (header) => events.emit('chain.tip', header ? referenceTo(header) : null))
  chain.on('side', ({ header }) => events.emit('chain.side', referenceTo(header)))
  chain.on('reorg', ({ from, to, forkPoint, disconnected, connected }) =>
    events.emit('chain.reorg', {
      from: referenceTo(from),
      to: to ? referenceTo(to) : null,
      fork_point: forkPoint ?? null,
      disconnected: [...disconnected],
      connected: [...connected],
    }),
  )
  chain.on('pending', ({ id, outputs }) =>
    events.emit('transactions.pending', {
      id,
      addresses: [...new Set(outputs.map(({ address }) => address))],
    }),
  )
  chain.on('dropped', ({ id }, reason) => events.emit('transactions.dropped', { id, reason }))
}

function referenceTo({ hash, height }: BlockHeader): BlockReference {
  return { hash, height }
}
