import { expect, test } from '@jest/globals'
import supertest from 'supertest'
import { startChainNode } from '../support/chain-node.js'
import { startDns } from '../support/test-node.js'

const pageOf = async (url: string): Promise<string> =>
  (await supertest(url).get('/').set('accept', 'text/html')).text

test('the page of a node lists its last ten blocks, newest first, each with a link to its contents', async () => {
  const started = await startChainNode()
  const { node, url, clock } = started
  expect(await pageOf(url)).toContain('block 0 is still to be mined')
  const blocks = await started.mine(12)
  clock.nowMs = (blocks.at(-1)?.header.timestamp ?? 0) + 42_000
  const page = await pageOf(url)
  const rows = [...page.matchAll(/<tr><td><a href="\/blocks\/(\d+)\/">.*<\/tr>/g)]
  expect(rows.map(([, height]) => Number(height))).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
  expect(rows[0]?.[0]).toContain(
    `<td>42 s</td><td>1</td><td><a href="/blocks/11/"><code>${node.chain?.blockchain.tip()?.hash}</code>`,
  )
  expect(rows[1]?.[0]).toMatch(/<td>5 min<\/td>/)
  expect(page).not.toMatch(/<script/)
})

test('the page of a node says how many transactions wait, and how it mines', async () => {
  const started = await startChainNode()
  const { node, url, chain } = started
  await started.mine(7)
  expect(await pageOf(url)).toContain('0 transactions wait for a block')
  await chain.pending.submit(started.transfer(0, 1, 1000))
  const page = await pageOf(url)
  expect(page).toContain('1 transaction waits for a block')
  expect(page).toContain('This node does not mine by itself (mode <b>off</b>); 0 blocks of its own')
  await supertest(node.url).put('/mining/').send({ mode: 'interval', interval: 3600 })
  expect(await pageOf(url)).toContain('This node mines a block every 3600 s (mode <b>interval</b>)')
})

test('the page of a seed server shows no blocks', async () => {
  expect(await pageOf((await startDns()).url)).not.toContain('Last blocks')
})
