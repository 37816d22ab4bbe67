import { join } from 'node:path'
import { BlockArchive } from '../chain/block-archive.js'
import { Blockchain } from '../chain/blockchain.js'
import type { Endorsements } from '../chain/endorsements.js'
import { keepWaiting } from '../chain/keep-waiting.js'
import { Pending } from '../chain/pending.js'
import { restore } from '../chain/restore.js'
import { decodePutAside, PUT_ASIDE_FILE, PutAside } from '../chain/put-aside.js'
import type { VerifyAll } from '../chain/verify-all.js'
import { chainId } from '../ledger/chain-id.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import { ChainIndex } from '../store/index/chain-index.js'
import { PendingStore } from '../store/index/pending-store.js'
import { JsonFile } from '../store/json-file.js'
import { SignatureMemory } from '../verification/signature-memory.js'
import { chainEndorsements } from './chain-endorsements.js'
import type { Logger } from './log.js'
import { DEFAULTS } from './settings/defaults.js'
import type { NodeSettings } from './settings/node-settings.js'

/** The chain of a node with what waits for it, open on disk. */
export interface OpenChain {
  readonly blockchain: Blockchain
  readonly pending: Pending
  close(): Promise<void>
}

export interface OpenChainOptions {
  /** Data folder of the node. */
  readonly folder: string
  readonly files: Pick<NodeSettings, 'blocksFolder' | 'blockTemplate'>
  readonly settings: ConsensusSettings
  readonly verify: VerifyAll
  readonly now: () => number
  readonly log: Logger
  /** Rebuild the index even if it looks right. */
  readonly rebuild?: boolean
  /** Blocks that a branch may lie behind to be kept; the default's, unless a test says otherwise. */
  readonly maxBranchDepth?: number
  readonly onProgress?: (done: number, total: number) => void
}

const INDEX_FOLDER = 'index'
const PENDING_FOLDER = 'pending'

export async function openChain(options: OpenChainOptions): Promise<OpenChain> {
  const { folder, files, settings, log } = options
  const archive = await BlockArchive.open({
    folder: join(folder, files.blocksFolder),
    template: files.blockTemplate,
    onSetAside: (event) => log.warn(event, 'set a block file aside that is torn or foreign'),
  })
  await checkBlock0(archive, options)
  const putAside = await openPutAside(options)
  const index = ChainIndex.open(join(folder, INDEX_FOLDER), chainId(settings))
  const store = PendingStore.open(join(folder, PENDING_FOLDER))
  const closeDatabases = async (): Promise<void> => {
    await store.close()
    await index.close()
  }
  try {
    const signatures = new SignatureMemory(options.verify)
    const blockchain = await openBlockchain(
      { ...options, verify: signatures.verifyUnknown, endorsements: chainEndorsements(options.verify) },
      archive,
      index,
      store,
      putAside,
    )
    const pending = await openPending(options, signatures, blockchain, store)
    const close = async (): Promise<void> => {
      await blockchain.alone(() => undefined)
      await closeDatabases()
    }
    return { blockchain, pending, close }
  } catch (error) {
    await closeDatabases()
    throw error
  }
}

async function openBlockchain(
  options: OpenChainOptions & { readonly endorsements: Endorsements },
  archive: BlockArchive,
  index: ChainIndex,
  store: PendingStore,
  putAside: PutAside,
): Promise<Blockchain> {
  const { settings, verify, endorsements, now, log } = options
  const blockchain = new Blockchain({
    settings,
    archive,
    index,
    verify,
    putAside,
    endorsements,
    keepWaiting: (transactions) => keepWaiting(store, transactions, now()),
    maxBranchDepth: options.maxBranchDepth ?? DEFAULTS.chain.max_branch_depth,
    now,
  })
  const report = await restore(blockchain, {
    rebuild: options.rebuild ?? false,
    onProgress: options.onProgress ?? ((done, total) => logProgress(log, done, total)),
    onRefused: ({ header }, error) =>
      log.warn(
        { height: header.height, hash: header.hash, rule: error.rule },
        `a block file is refused: ${error.message}`,
      ),
  })
  if (report.rebuilt && blockchain.height() >= 0)
    log.info({ height: blockchain.height() }, 'rebuilt the index from the block files')
  return blockchain
}

function openPutAside({ folder, log }: OpenChainOptions): Promise<PutAside> {
  const file = new JsonFile({
    path: join(folder, PUT_ASIDE_FILE),
    decode: decodePutAside,
    onSetAside: (event) => log.warn(event, 'set the file of invalidated blocks aside: it is torn or foreign'),
  })
  return PutAside.open(file)
}

async function openPending(
  { now, log }: OpenChainOptions,
  { verifyAndRemember: verify, remember }: SignatureMemory,
  blockchain: Blockchain,
  store: PendingStore,
): Promise<Pending> {
  const { chain } = DEFAULTS
  const pending = new Pending({
    blockchain,
    settings: {
      maxCount: chain.max_pending_count,
      maxBytes: chain.max_pending_bytes,
      maxAgeMs: chain.max_pending_age * 1000,
      maxChainLength: chain.max_pending_chain,
      maxReplaced: chain.max_pending_replaced,
    },
    store,
    verify,
    remember,
    now,
    onStoreError: (error) => log.error({ err: error }, 'a pending transaction could not be written'),
  })
  await pending.open()
  return pending
}

/** Blocks of another chain are not for this node to use, and not for it to throw away. */
async function checkBlock0(
  archive: BlockArchive,
  { settings, folder, files }: OpenChainOptions,
): Promise<void> {
  const block0 = await archive.read(0)
  if (!block0 || block0.header.previousHash === chainId(settings)) return
  throw new Error(
    `block 0 in ${join(folder, files.blocksFolder)} belongs to chain ${block0.header.previousHash}, but the blockchain info makes this chain ${chainId(settings)} (name ${JSON.stringify(settings.name)}): put the info of those blocks back, or move the blocks away`,
  )
}

const PROGRESS_STEP = 1000

function logProgress(log: Logger, done: number, total: number): void {
  if (done % PROGRESS_STEP === 0) log.info({ done, total }, 'rebuilding the index')
}
