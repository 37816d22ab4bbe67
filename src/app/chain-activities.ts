import { Miner } from '../mining/miner.js'
import { PeerCalls } from '../nodes/peer-call.js'
import type { NodeRecord } from '../nodes/record.js'
import type { Channels } from '../sync/channel.js'
import { NodeSync } from '../sync/node-sync.js'
import { RestPeers } from '../sync/rest-peers.js'
import type { Sleep } from '../time/sleep.js'
import { developmentWallet } from '../wallet/development-accounts.js'
import type { ClientChain } from './client-chain.js'
import type { Logger } from './log.js'
import type { NodeFinder } from './node-finder.js'
import { syncSettings } from './settings/sync-settings.js'
import type { NodeSettings } from './settings/node-settings.js'
import type { Profile } from '../nodes/profile.js'

export interface ChainActivitiesOptions {
  readonly chain: ClientChain
  readonly finder: NodeFinder
  readonly self: NodeRecord
  /** Connections by which news are told; absent: all over REST. */
  readonly channels?: Channels
  readonly profile: Profile
  readonly settings: NodeSettings
  readonly chainId: () => string
  readonly now: () => number
  readonly random: () => number
  readonly sleep: Sleep
  readonly log: Logger
}

/** What a node with a chain does of its own accord. */
export interface ChainActivities {
  readonly miner: Miner
  readonly sync: NodeSync
  start(): void
  stop(): Promise<void>
}

export async function chainActivities(options: ChainActivitiesOptions): Promise<ChainActivities> {
  const { chain, finder, self, channels, profile, settings, log, now, random, sleep, chainId } = options
  const { blockchain, pending } = chain
  const limits = syncSettings()
  const calls = new PeerCalls({
    timeoutMs: Math.max(limits.batchMs, limits.callMs),
    maxRequestBytes: 2 * limits.maxAnswerBytes,
    maxReplyBytes: 2 * limits.maxAnswerBytes,
    chainId,
  })
  const sync = new NodeSync({
    blockchain,
    pending,
    peers: new RestPeers(() => finder.known.list(), self, calls, channels),
    settings: limits,
    now,
    random,
    sleep,
    onMisbehaviour: (key, reason) => {
      log.warn({ node: key, reason }, 'a node misbehaved')
      const record = finder.known.find(key)
      if (record) finder.known.ban(record)
    },
    onError: (error) => log.error({ err: error }, 'sync failed and goes on'),
  })
  const miner = new Miner({
    blockchain,
    pending,
    mode: settings.mine,
    rewardAddress: settings.rewardAddress ?? (await defaultRewardAddress(profile)),
    intervalMs: settings.mineIntervalMs,
    gatherMs: settings.gatherMs,
    threads: settings.mineThreads,
    now,
    sleep,
    onError: (error) => log.error({ err: error }, 'mining failed and starts again'),
    onMined: ({ header, transactions }) =>
      log.info(
        { height: header.height, hash: header.hash, transactions: transactions.length },
        'mined a block',
      ),
  })
  const stopped = new AbortController()
  return {
    miner,
    sync,
    start() {
      sync.start()
      finder.firstRound
        .then(() => settled(sync, sleep, stopped.signal))
        .then(() => miner.start())
        .catch((error: unknown) => log.error({ err: error }, 'mining could not begin'))
    },
    async stop() {
      stopped.abort()
      await miner.close()
      calls.close()
      await sync.stop()
    },
  }
}

const SETTLE_STEP_MS = 100
const SETTLE_LIMIT_MS = 30_000

/**
 * After the first round of looking for nodes: waits until what they have is fetched, though not for ever. A miner that begins earlier would found a chain of
 * its own beside the one that is just being fetched, and keep the node from taking over the info of its seed server.
 */
async function settled(sync: NodeSync, sleep: Sleep, signal: AbortSignal): Promise<void> {
  await sync.chain.poll()
  for (let waitedMs = 0; !sync.chain.isIdle && waitedMs < SETTLE_LIMIT_MS; waitedMs += SETTLE_STEP_MS) {
    if (signal.aborted) return
    await sleep(SETTLE_STEP_MS, signal)
  }
}

/** A node that mines elsewhere than on a developer's machine was told where rewards go before it started. */
async function defaultRewardAddress(profile: Profile): Promise<string | undefined> {
  return profile === 'dev' ? (await developmentWallet()).account(0).address : undefined
}
