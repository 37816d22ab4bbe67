import type { Pending } from '../chain/pending.js'
import { BlockRelay } from './block-relay.js'
import { ChainSync, type ChainSyncOptions } from './chain-sync.js'
import { SyncDoor } from './door.js'
import { Links } from './links.js'
import { TransactionRelay } from './transaction-relay.js'

export interface NodeSyncOptions extends ChainSyncOptions {
  readonly pending: Pending
}

/** All by which a node stays on the chain of its network: sync, relay of blocks and transactions, and its door. */
export class NodeSync {
  /** For the method table. */
  readonly port: SyncDoor
  readonly chain: ChainSync
  readonly #blocks: BlockRelay
  readonly #transactions: TransactionRelay

  constructor(options: NodeSyncOptions) {
    const links = new Links(options.peers, options.settings)
    this.chain = new ChainSync(options)
    const parts = { ...options, sync: this.chain, links }
    this.#blocks = new BlockRelay(parts)
    this.#transactions = new TransactionRelay(parts)
    this.port = new SyncDoor({ ...parts, blocks: this.#blocks, transactions: this.#transactions })
  }

  /** After `pending` is open. */
  start(): void {
    this.#blocks.start()
    this.#transactions.start()
    this.chain.start()
  }

  /** Before the chain is closed; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#blocks.stop()
    this.#transactions.stop()
    await this.chain.stop()
  }
}
