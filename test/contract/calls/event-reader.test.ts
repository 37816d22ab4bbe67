import { getEventListeners } from 'node:events'
import { expect, test } from '@jest/globals'
import type { BlockEvents } from '../../../src/contract/gateway/gateway-calls.js'
import { callNode, type CallNode } from './call-node.js'

const namesOf = ({ events }: BlockEvents): string[] => events.map(({ name }) => name)

function follow({ calls }: CallNode, from: number, signal: AbortSignal) {
  return calls.events({ contract: 'basic', from, signal })[Symbol.asyncIterator]()
}

async function next(events: AsyncIterator<BlockEvents>): Promise<BlockEvents> {
  const found = await events.next()
  if (found.done) throw new Error('the events have ended')
  return found.value
}

test('events of past blocks come first, then those of coming ones, a message for each block that has any', async () => {
  const node = await callNode()
  await node.submit('put', 'a', '1')
  await node.submit('put', 'b', '2')
  const past = await node.mine()
  await node.mine()
  const end = new AbortController()
  const events = follow(node, 0, end.signal)
  const first = await next(events)
  expect([first.height, namesOf(first)]).toEqual([past.header.height, ['put a', 'put b']])
  expect(Buffer.from(first.events[0]?.payload ?? []).toString()).toBe('1')
  const coming = next(events)
  await node.submit('put', 'c', '3')
  await node.mine()
  expect(namesOf(await coming)).toEqual(['put c'])
  const last = events.next()
  end.abort()
  expect(await last).toEqual({ value: undefined, done: true })
})

test('a reader that waits for many blocks leaves nothing behind at its signal', async () => {
  const node = await callNode()
  const end = new AbortController()
  const events = follow(node, node.calls.height() + 1, end.signal)
  for (const key of ['a', 'b', 'c']) {
    const coming = next(events)
    await node.submit('put', key, '1')
    await node.mine()
    expect(namesOf(await coming)).toEqual([`put ${key}`])
  }
  expect(getEventListeners(end.signal, 'abort')).toEqual([])
  end.abort()
  expect(await events.next()).toMatchObject({ done: true })
})

test('a call that is not valid leaves no event', async () => {
  const node = await callNode()
  node.chain.place = () => ({ height: 0, index: 0, code: 10 })
  await node.submit('put', 'b', '1')
  await node.mine()
  const end = new AbortController()
  const events = follow(node, 0, end.signal).next()
  end.abort()
  expect(await events).toMatchObject({ done: true })
})

test('after a reorg the new branch is told, and a call that both branches hold is told once', async () => {
  const node = await callNode()
  const height = node.calls.height()
  const end = new AbortController()
  const events = follow(node, height + 1, end.signal)
  await node.submit('put', 'a', '1')
  const old = await node.mine()
  expect(namesOf(await next(events))).toEqual(['put a'])
  const coming = next(events)
  await node.open.blockchain.invalidate(old.header.hash)
  await node.submit('put', 'b', '2')
  const fresh = await node.mine()
  const told = await coming
  expect([told.height, namesOf(told)]).toEqual([fresh.header.height, ['put b']])
  expect(told.height).toBe(old.header.height)
  end.abort()
})

test('a first block that is still to come is waited for', async () => {
  const node = await callNode()
  const end = new AbortController()
  const events = follow(node, node.calls.height() + 2, end.signal)
  const coming = next(events)
  await node.submit('put', 'early', '1')
  await node.mine()
  await node.submit('put', 'late', '1')
  await node.mine()
  expect(namesOf(await coming)).toEqual(['put late'])
  end.abort()
})
