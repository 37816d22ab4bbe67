import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dispatcher } from '../../src/api/dispatch.js'
import { sync } from '../../src/api/methods/sync.js'
import { syncSettings } from '../../src/app/settings/sync-settings.js'
import { timerSleep } from '../../src/app/timer-sleep.js'
import { restApp } from '../../src/rest/rest-app.js'
import { NodeSync } from '../../src/sync/node-sync.js'
import { appendAll, openBenchChain, SYNC_CHAIN, transferBlocks, trustAll } from './bench-chain.js'
import { inputOfChild, serveParent } from './child.js'

/** A node that holds a chain of so many blocks and serves it over REST. */
const { blocks, transactions } = inputOfChild() as { blocks: number; transactions: number }
const folder = await mkdtemp(join(tmpdir(), 'terrarium-bench-'))
const chain = await openBenchChain(folder, SYNC_CHAIN, trustAll)
await appendAll(chain, transferBlocks(chain.blockchain.chain, blocks, transactions))
const node = new NodeSync({
  ...chain,
  peers: { list: () => [], find: () => undefined },
  settings: syncSettings(),
  now: Date.now,
  random: Math.random,
  sleep: timerSleep,
  onMisbehaviour: () => undefined,
  onError: () => undefined,
})
const app = restApp({
  table: sync,
  dispatch: dispatcher(sync, { sync: node.port }),
  access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] },
  version: '0',
  maxBodyBytes: 4_194_304,
  requestsPerSecond: 0,
  chainId: () => chain.blockchain.chain.id,
  homePage: () => '',
  metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
  onAnswer: () => undefined,
  onInternalError: (error) => process.stderr.write(`${String(error)}\n`),
})
const server = createServer(app).listen(0, '127.0.0.1')
await once(server, 'listening')
serveParent(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
  server.closeAllConnections()
  server.close()
  await chain.close()
  await rm(folder, { recursive: true })
})
