import { expect, test } from '@jest/globals'
import { agreeOnTip, followAll, grow, relayNodes, toldOverRest } from '../support/relay-nodes.js'
import { transfer } from '../support/transfer.js'
import { waitFor } from '../support/wait-for.js'

const NODES = 20
const WITHIN_MS = 1_000

test(`blocks and transactions reach ${NODES} nodes on one machine within a second, over the bus alone`, async () => {
  const { nodes, clock } = await relayNodes(NODES)
  await followAll(nodes)
  const [first, second] = nodes
  await grow(first, clock, 8)
  await agreeOnTip(nodes)
  const times: Record<'blocks' | 'transactions', number[]> = { blocks: [], transactions: [] }
  for (let round = 0; round < 5; round++) {
    const paid = transfer(first.chain, clock)
    await second.chain.pending.submit(paid)
    const paidMs = performance.now()
    await waitFor('the transaction everywhere', () =>
      nodes.every(({ chain }) => chain.pending.pool.get(paid.id)),
    )
    times.transactions.push(performance.now() - paidMs)
    await grow(nodes[round * 4] ?? first, clock, 1)
    const grownMs = performance.now()
    await agreeOnTip(nodes)
    times.blocks.push(performance.now() - grownMs)
  }
  const typical = (values: readonly number[]): number =>
    Math.round([...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN)
  const [block, transaction] = [typical(times.blocks), typical(times.transactions)]
  console.log(`to all of ${NODES} nodes: a block in ${block} ms, a transaction in ${transaction} ms`)
  expect(block).toBeLessThan(WITHIN_MS)
  expect(transaction).toBeLessThan(WITHIN_MS)
  for (const node of nodes) expect(await toldOverRest(node)).toEqual([])
}, 120_000)
