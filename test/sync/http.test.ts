import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { dispatcher } from '../../src/api/dispatch.js'
import { sync } from '../../src/api/methods/sync.js'
import { syncSettings } from '../../src/app/settings/sync-settings.js'
import { timerSleep } from '../../src/app/timer-sleep.js'
import type { OpenChain } from '../../src/app/open-chain.js'
import { PeerCalls } from '../../src/nodes/peer-call.js'
import type { NodeRecord } from '../../src/nodes/record.js'
import { restApp } from '../../src/rest/rest-app.js'
import { NodeSync } from '../../src/sync/node-sync.js'
import { RestPeers } from '../../src/sync/rest-peers.js'
import { mine, openTestChain, TestClock } from '../support/chain.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { transfer } from '../support/transfer.js'
import { waitFor } from '../support/wait-for.js'

const MAX_BODY_BYTES = 4_194_304

interface HttpNode {
  readonly record: NodeRecord
  readonly chain: OpenChain
  readonly misbehaviour: string[]
  known: readonly NodeRecord[]
}

/** A node whose sync methods are served over real HTTP. */
async function httpNode(clock: TestClock): Promise<HttpNode> {
  const chain = await openTestChain(await temporaryFolder(), clock)
  const chainId = () => chain.blockchain.chain.id
  let listener: RequestListener = () => undefined
  const server = createServer((request, response) => {
    listener(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const record = { ip_address: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const settings = { ...syncSettings(), pollMs: 200 }
  const calls = new PeerCalls({
    timeoutMs: settings.batchMs,
    maxRequestBytes: MAX_BODY_BYTES,
    maxReplyBytes: 2 * settings.maxAnswerBytes,
    chainId,
  })
  const node: HttpNode = { record, chain, misbehaviour: [], known: [] }
  const nodeSync = new NodeSync({
    ...chain,
    peers: new RestPeers(() => node.known, record, calls),
    settings,
    now: Date.now,
    random: () => 0.5,
    sleep: timerSleep,
    onMisbehaviour: (key, reason) => node.misbehaviour.push(`${key}: ${reason}`),
    onError: (error) => node.misbehaviour.push(String(error)),
  })
  listener = restApp({
    table: sync,
    dispatch: dispatcher(sync, { sync: nodeSync.port }),
    access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] },
    version: '0',
    maxBodyBytes: MAX_BODY_BYTES,
    requestsPerSecond: 0,
    chainId,
    homePage: () => '',
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
    onAnswer: () => undefined,
    onInternalError: (error) => node.misbehaviour.push(String(error)),
  })
  nodeSync.start()
  afterThisTest(async () => {
    await nodeSync.stop()
    calls.close()
    server.closeAllConnections()
    server.close()
    await chain.close()
  })
  return node
}

const sameTip = (a: HttpNode, b: HttpNode) =>
  waitFor('one tip', () => a.chain.blockchain.tip()?.hash === b.chain.blockchain.tip()?.hash)

test('two nodes over HTTP: the chain is fetched, transactions and new blocks pass on, junk is refused', async () => {
  const clock = new TestClock()
  const first = await httpNode(clock)
  for (let i = 0; i < 10; i++) await mine(first.chain, clock)
  const second = await httpNode(clock)
  second.known = [first.record]
  first.known = [second.record]
  await waitFor('the chain', () => second.chain.blockchain.height() === 9)
  const paid = transfer(first.chain, clock)
  await first.chain.pending.submit(paid)
  await waitFor('the transaction', () => second.chain.pending.pool.get(paid.id))
  await mine(second.chain, clock)
  await sameTip(first, second)
  expect(first.chain.blockchain.index.hasTransaction(paid.id)).toBe(true)
  const junk = await fetch(`http://127.0.0.1:${first.record.port}/sync/announce/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...second.record, port: 1, header: { nonsense: true } }),
  })
  expect(junk.status).toBe(400)
  const status = await fetch(`http://127.0.0.1:${first.record.port}/sync/status/`)
  expect(await status.json()).toMatchObject({ height: 10, tip: first.chain.blockchain.tip()?.hash })
  expect([...first.misbehaviour, ...second.misbehaviour]).toEqual([])
})
