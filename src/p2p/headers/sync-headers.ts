import { setTimeout as sleep } from 'node:timers/promises'
import { type AskOptions, askPeer } from './ask-peer.js'
import type { Header } from './header.js'
import type { HeadersPeer, HeadersSource } from './headers-source.js'
import type { HeadersStore } from './headers-store.js'

/** How long peers are waited for, and who is told of progress. */
export interface SyncOptions extends AskOptions {
  /** How long to wait when every peer was asked in vain, 1,000 by default. */
  readonly retryMs?: number
}

/** What a sync brought. */
export interface SyncResult {
  readonly tip: Header
  /** New headers. */
  readonly added: number
}

/**
 * Fetches headers until the store has all that a peer has. A peer that is silent, goes, or sends what is not valid is left
 * for the next one; when there is none it waits. Done is when a peer has no more, and the chain is as high as the peer
 * said and has the network's minimum work; or when all peers in turn had no more.
 * @throws what the signal was aborted with; StoreError or UsageError where the store takes nothing more
 */
export async function syncHeaders(
  source: HeadersSource,
  store: HeadersStore,
  options: SyncOptions = {},
): Promise<SyncResult> {
  const { signal, retryMs = 1000 } = options
  const asked = new Set<HeadersPeer['id']>()
  let [added, isAnswered] = [0, false]
  for (;;) {
    const peer = await source.nextPeer(signal === undefined ? {} : { signal })
    if (asked.has(peer.id)) {
      if (isAnswered && hasMinimumWork(store)) return { tip: store.tip, added }
      await pause(retryMs, signal)
      asked.clear()
    }
    const outcome = await askPeer(source, store, peer, options)
    if (outcome.added > 0) asked.clear()
    asked.add(peer.id)
    added += outcome.added
    isAnswered ||= outcome.isDone
    if (outcome.isDone && store.height >= peer.startHeight && hasMinimumWork(store))
      return { tip: store.tip, added }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  signal?.throwIfAborted()
}

function hasMinimumWork(store: HeadersStore): boolean {
  return (store.chainWork() ?? 0n) >= store.network.minimumChainWork
}
