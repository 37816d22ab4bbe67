import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ContextOf } from '../api/method.js'
import type { ChainApi } from '../api/node-api.js'
import type { Blockchain } from '../chain/blockchain.js'
import type { DerivedInfo } from '../chain/blockchain-info.js'
import { accountsPort, chainPort, pendingPort } from '../chain/chain-port.js'
import type { Pending } from '../chain/pending.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import { VerifyPool } from '../verification/verify-pool.js'
import type { Logger } from './log.js'
import { type NodeEvents, tellChainEvents } from './node-events.js'
import { openChain } from './open-chain.js'
import type { NodeSettings } from './settings/node-settings.js'
import { TransactionsMirror } from './transactions-mirror.js'

export interface ClientChainOptions {
  /** Data folder of the node. */
  readonly folder: string
  readonly settings: NodeSettings
  readonly consensus: ConsensusSettings
  readonly events: NodeEvents
  readonly now: () => number
  readonly log: Logger
}

/** The chain of a client, its pending transactions, and what the operations of the method table need of both. */
export interface ClientChain {
  readonly blockchain: Blockchain
  readonly pending: Pending
  readonly context: Pick<ContextOf<ChainApi>, 'chain' | 'pending' | 'accounts'>
  /** What the blocks say; nothing while there are none. */
  derived(): DerivedInfo | undefined
  /** Takes other settings; only before block 0, and while no block goes in. */
  refound(settings: ConsensusSettings): void
  close(): Promise<void>
}

/** Transactions that waited too long are looked for this often. */
const EXPIRY_MS = 60_000

export async function openClientChain(options: ClientChainOptions): Promise<ClientChain> {
  const { folder, settings, consensus, events, now, log } = options
  const verifiers = new VerifyPool({
    threads: Math.max(1, availableParallelism() - 1),
    onThreadDeath: (error) => log.error({ err: error }, 'a thread that verifies signatures died'),
  })
  const open = await openChain({
    folder,
    files: settings,
    settings: consensus,
    verify: verifiers.verifyAll,
    now,
    log,
  })
  const { blockchain, pending } = open
  const mirror = new TransactionsMirror({
    path: join(folder, settings.transactionsFile),
    pending,
    onSetAside: (event) => log.warn(event, 'set a file aside that is torn or foreign'),
    log,
  })
  await mirror.restore()
  for (const event of ['pending', 'dropped', 'tip'] as const)
    blockchain.events.on(event, () => mirror.touch())
  tellChainEvents(blockchain.events, events)
  const expire = (): void => {
    pending
      .expire()
      .catch((error: unknown) => log.error({ err: error }, 'pending transactions could not expire'))
  }
  const expiry = setInterval(expire, EXPIRY_MS).unref()
  return {
    blockchain,
    pending,
    context: {
      chain: chainPort(blockchain),
      pending: pendingPort(pending),
      accounts: accountsPort(blockchain),
    },
    derived: () => derivedFrom(blockchain),
    refound: (founded) => {
      blockchain.refoundAlone(founded)
      pending.refound()
    },
    async close() {
      clearInterval(expiry)
      await blockchain.alone(() => undefined)
      await mirror.stop()
      await open.close()
      await verifiers.close()
    },
  }
}

function derivedFrom(blockchain: Blockchain): DerivedInfo | undefined {
  const height = blockchain.height()
  if (height < 0) return undefined
  const { transactions, addresses } = blockchain.index.totals()
  return { height, total_transactions: transactions, total_addresses: addresses }
}
