import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { runCommand } from '../../src/app/commands/run-command.js'
import { COMMANDS } from '../../src/app/commands/table.js'
import { lastBlock } from '../../src/app/last-block.js'
import { EventFeed } from '../../src/bus/events/event-feed.js'
import { startChainNode } from '../support/chain-node.js'
import { waitFor } from '../support/wait-for.js'
import { RawClient } from './support/raw-client.js'
import { aMethod, aModule, startBus } from './support/test-bus.js'

let out = ''

beforeEach(() => {
  out = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))))
})

afterEach(() => {
  jest.restoreAllMocks()
})

const lines = (): { height: number; hash: string }[] =>
  out
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { height: number; hash: string })

test('terrarium bus subscribe blocks.last on a node prints each block once, in order, as it comes', async () => {
  const { node, mine } = await startChainNode()
  await mine(2)
  const url = node.url.replace('http', 'ws')
  const running = runCommand(COMMANDS, ['bus', 'subscribe', 'blocks.last', '--count', '6', '--url', url])
  await waitFor('the last block', () => lines().length === 1)
  const blocks = await mine(5)
  await running
  expect(lines().map(({ height }) => height)).toEqual([1, 2, 3, 4, 5, 6])
  expect(
    lines()
      .slice(1)
      .map(({ hash }) => hash),
  ).toEqual(blocks.map(({ header }) => header.hash))
})

test('blocks that come many at a time are all told, each with its own content, also when read late', async () => {
  const feed = new EventFeed('a')
  let tip = 'b0'
  const read = (hash: string) => new Promise<unknown>((resolve) => setImmediate(() => resolve({ hash })))
  const get = aMethod('blocks.get', () => ({ hash: tip }))
  const { url } = await startBus({ methods: [lastBlock(get, read, feed, tip)] })
  const client = await RawClient.negotiated(url)
  const id = client.request({ 'blocks.last': {} }, { SubscriptionEventCounter: '1' })
  await client.settled()
  for (const hash of ['b1', 'b2', 'b3']) feed.emit('chain.connected', { hash })
  tip = 'b3'
  feed.emit('chain.tip', { hash: tip })
  await waitFor('all blocks', () => client.responses(id).length === 4)
  const told = client.responses(id).map((data) => data['ResponseData'])
  expect(told).toEqual(['b0', 'b1', 'b2', 'b3'].map((hash) => ({ 'blocks.last': { hash } })))
})

test('a node without a block answers a subscription to blocks.last with null, and a call as over REST', async () => {
  const { node } = await startChainNode()
  const client = await RawClient.negotiated(node.url.replace('http', 'ws'))
  const answer = await client.ask({ 'blocks.last': {} }, { SubscriptionEventCounter: '1' })
  expect(answer['ResponseData']).toEqual({ 'blocks.last': null })
  expect(await client.ask({ 'blocks.last': {} })).toMatchObject({ ResponseErrorCode: 'BLOCK_NOT_FOUND' })
})

test('a node keeps the log of its modules in its folder, and terrarium bus log shows it', async () => {
  const { node } = await startChainNode()
  const url = node.url.replace('http', 'ws')
  const module = aModule({ url }, { dependencies: { Role_StorageManager: '0.1' } })
  await module.start()
  expect(module.dependencies['Role_StorageManager']).toMatchObject({ Port: String(node.record.port) })
  module.logEvent({ level: 3, messageType: 'Request', messageId: 'x-1', comments: 'the roof leaks' })
  const file = join(node.dir, 'bus.log')
  await waitFor('the entry on disk', async () =>
    (await readFile(file, 'utf8').catch(() => '')).includes('the roof leaks'),
  )
  await runCommand(COMMANDS, ['bus', 'log', '--level', '3', '--url', url])
  expect(out).toMatch(/^\S+ WARNING {2}demo: the roof leaks\n$/)
})

test('every topic of a node is a method of its own', async () => {
  const { node, mine } = await startChainNode()
  const client = await RawClient.negotiated(node.url.replace('http', 'ws'))
  const id = client.request({ 'events.chain.connected': {} }, { SubscriptionEventCounter: '1' })
  await client.response(id)
  const [block] = await mine(1)
  await waitFor('the event', () => client.responses(id).length === 2)
  expect(client.responses(id)[1]?.['ResponseData']).toEqual({
    'events.chain.connected': { hash: block?.header.hash, height: 0 },
  })
})
