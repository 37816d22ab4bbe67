import { syncSettings } from '../../src/app/settings/sync-settings.js'
import { timerSleep } from '../../src/app/timer-sleep.js'
import type { VerifyAll } from '../../src/chain/blockchain.js'
import { PeerCalls } from '../../src/nodes/peer-call.js'
import { NodeSync } from '../../src/sync/node-sync.js'
import { RestPeers } from '../../src/sync/rest-peers.js'
import { openBenchChain, SYNC_CHAIN } from './bench-chain.js'

/** Fetches a chain of so many blocks from the node at `url` into an empty folder; answers how many seconds that took. */
export async function importChain(
  url: string,
  folder: string,
  blocks: number,
  verify: VerifyAll,
): Promise<number> {
  const chain = await openBenchChain(folder, SYNC_CHAIN, verify)
  const settings = syncSettings()
  const calls = new PeerCalls({
    timeoutMs: settings.batchMs,
    maxRequestBytes: settings.maxAnswerBytes,
    maxReplyBytes: 4 * settings.maxAnswerBytes,
    chainId: () => chain.blockchain.chain.id,
  })
  const known = [{ ip_address: '127.0.0.1', port: Number(new URL(url).port) }]
  const node = new NodeSync({
    ...chain,
    peers: new RestPeers(() => known, { ip_address: '127.0.0.1', port: 1 }, calls),
    settings,
    now: Date.now,
    random: Math.random,
    sleep: timerSleep,
    onMisbehaviour: (key, reason) => fault(`${key}: ${reason}`),
    onError: (error) => fault(String(error)),
  })
  const start = performance.now()
  const arrived = new Promise<number>((resolve) => {
    chain.blockchain.events.on('connected', ({ header }) => {
      if (header.height === blocks - 1) resolve((performance.now() - start) / 1000)
    })
  })
  node.start()
  const seconds = await arrived
  await node.stop()
  calls.close()
  await chain.close()
  return seconds
}

function fault(text: string): void {
  process.stderr.write(`${text}\n`)
}
