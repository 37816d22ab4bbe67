import { expect, test } from '@jest/globals'
import { agreeOnTip, followAll, grow, introduce, relayNodes, toldOverRest } from '../support/relay-nodes.js'
import { waitFor } from '../support/wait-for.js'
import { transfer } from '../support/transfer.js'
import { RawClient } from './support/raw-client.js'

test('nodes that follow each other pass blocks and transactions on over the bus alone', async () => {
  const { nodes, clock } = await relayNodes(3)
  await followAll(nodes)
  const [first, second, third] = nodes
  await grow(first, clock, 8)
  await agreeOnTip(nodes)
  const paid = transfer(first.chain, clock)
  await second.chain.pending.submit(paid)
  await waitFor('the transaction everywhere', () =>
    nodes.every(({ chain }) => chain.pending.pool.get(paid.id) !== undefined),
  )
  await grow(third, clock, 1)
  await agreeOnTip(nodes)
  expect(first.chain.blockchain.index.hasTransaction(paid.id)).toBe(true)
  for (const node of nodes) expect(await toldOverRest(node)).toEqual([])
}, 30_000)

test('a node that is lost and comes back is followed again, and fetches what it missed', async () => {
  const { nodes, clock, stop, restart } = await relayNodes(2)
  await followAll(nodes)
  const [first] = nodes
  await stop(1)
  await grow(first, clock, 3)
  const again = await restart(1)
  await followAll([first, again])
  await agreeOnTip([first, again])
  await grow(again, clock, 1)
  await agreeOnTip([first, again])
}, 30_000)

test('a node that does not follow is told over REST', async () => {
  const { nodes, clock } = await relayNodes(2)
  const [first, second] = nodes
  introduce(first, second)
  await grow(first, clock, 1)
  await agreeOnTip(nodes)
  expect(second.follows(first)).toBe(false)
  await waitFor('the call over REST', async () => (await toldOverRest(second)).includes('/sync/announce/'))
}, 30_000)

test('only known nodes follow, each from its own address and on its own chain', async () => {
  const { nodes } = await relayNodes(2)
  await followAll(nodes)
  const [first, second] = nodes
  const url = first.node.url.replace('http', 'ws')
  const follow = async (params: object, headers = {}): Promise<Record<string, unknown>> => {
    const client = await RawClient.negotiated(url, { headers })
    return client.ask({ 'sync.follow': params }, { SubscriptionEventCounter: '1' })
  }
  const { ip_address, port } = second.node.record
  const refused = { ResponseErrorCode: 'SUBSCRIPTION_REFUSED' }
  expect(await follow({ ip_address, port: 1 })).toMatchObject(refused)
  expect(await follow({ ip_address: '127.0.0.2', port })).toMatchObject(refused)
  expect(await follow({ ip_address, port }, { 'terrarium-chain': 'f'.repeat(64) })).toMatchObject(refused)
  expect(await follow({})).toMatchObject(refused)
  expect(await follow({ ip_address, port })).toMatchObject({ ResponseStatus: 0 })
})

test('a follower that takes calls and answers none is told over REST, and not called again', async () => {
  const { nodes, clock } = await relayNodes(2)
  const [first, second] = nodes
  introduce(first, second)
  const client = await RawClient.negotiated(first.node.url.replace('http', 'ws'))
  const { ip_address, port } = second.node.record
  await client.ask({ 'sync.follow': { ip_address, port } }, { SubscriptionEventCounter: '1' })
  await grow(first, clock, 1)
  await client.next('Request')
  await agreeOnTip(nodes)
  await waitFor('the call over REST', async () => (await toldOverRest(second)).includes('/sync/announce/'))
  await grow(first, clock, 1)
  await agreeOnTip(nodes)
  const requests = client.messages.filter(({ MessageType }) => MessageType === 'Request')
  expect(requests).toHaveLength(1)
  await waitFor('how far it is', () => client.responses('raw-2').length > 1)
}, 30_000)
