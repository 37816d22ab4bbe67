import { beforeEach, expect, test } from '@jest/globals'
import type { Json } from '../../src/base/json.js'
import type { Block, BlockHeader } from '../../src/ledger/block.js'
import { encodeBlock, encodeHeaderJson } from '../../src/ledger/encode-block.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { merkleRoot } from '../../src/ledger/merkle.js'
import { sealHeader } from '../../src/ledger/header.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import type { Output } from '../../src/ledger/transaction.js'
import { keyOf, type NodeRecord } from '../../src/nodes/record.js'
import { solve, TestClock } from '../support/chain.js'
import { type Handler, nextRecord, SyncNetwork, type SyncNode } from '../support/sync-network.js'
import { agree, blocksOf, mineMany, node } from '../support/sync-nodes.js'
import { transfer } from '../support/transfer.js'
import { waitFor } from '../support/wait-for.js'

let network: SyncNetwork
let clock: TestClock
let honest: SyncNode

beforeEach(async () => {
  network = new SyncNetwork()
  clock = new TestClock()
  honest = await node(network, { clock })
  await mineMany(honest, 12)
})

/** A node that answers as the honest one does, but for what the test replaces. */
function hostile(replaced: Readonly<Record<string, (body: Json) => unknown>>): { record: NodeRecord } {
  const record = nextRecord()
  const answer = handlerOf(honest)
  network.addHandler(record, (path, body) => {
    const replace = replaced[path]
    return Promise.resolve(replace ? replace(body) : answer(path, body))
  })
  return { record }
}

const METHOD: Readonly<Record<string, string>> = {
  status: 'sync.status',
  headers: 'sync.headers',
  blocks: 'sync.blocks',
  announce: 'sync.announce',
  transactions: 'sync.offer',
}

function handlerOf(at: SyncNode): Handler {
  return (path, body) => at.dispatch(METHOD[path] ?? '', body, {})
}

/** What a node says that claims a lot of work. */
function statusWith(work: bigint, tip: string, height = 1000) {
  return { chain_id: honest.chain.blockchain.chain.id, height, tip, work: work.toString(16) }
}

/** A victim that knows the honest node and a hostile one, running. */
async function victimOf(bad: { record: NodeRecord }): Promise<SyncNode> {
  const victim = await node(network, {
    clock,
    sync: { callMs: 300, batchMs: 300, stallMs: 100, maxHeldHeaders: 400 },
  })
  victim.knows(bad, honest)
  victim.sync.start()
  return victim
}

const banned = (victim: SyncNode, { record }: { record: NodeRecord }) =>
  waitFor('the hostile node to be found out', () =>
    victim.misbehaviour.find(({ key }) => key === keyOf(record)),
  )

/** Headers on top of each other with the easiest work, from a block of the honest chain on. */
function spun(from: BlockHeader, count: number, stepMs = 1): BlockHeader[] {
  const headers: BlockHeader[] = []
  let parent = from
  for (let i = 0; i < count; i++) {
    const unsolved = sealHeader({
      ...parent,
      height: parent.height + 1,
      previousHash: parent.hash,
      timestamp: parent.timestamp + stepMs,
    })
    parent = solve({ header: unsolved, transactions: [] }).header
    headers.push(parent)
  }
  return headers
}

/** Blocks on top of each other, each with a reward and nothing else. */
function grown(from: Block, outputs: readonly Output[], count: number): Block[] {
  const blocks = [from]
  while (blocks.length <= count) {
    const { header, transactions } = blocks.at(-1) as Block
    const height = header.height + 1
    const next = { ...header, height, timestamp: header.timestamp + 1000, previousHash: header.hash }
    const [coinbase] = transactions
    if (!coinbase) throw new Error('there is a coinbase')
    const reward = sealTransaction({ ...coinbase, outputs, payload: { kind: 'coinbase', height } }, [])
    blocks.push(forged({ header: next, transactions: [] }, [reward]))
  }
  return blocks.slice(1)
}

/** A copy of a block whose header fits whatever transactions it is given. */
function forged(block: Block, transactions: Block['transactions']): Block {
  const header = sealHeader({
    ...block.header,
    merkleRoot: merkleRoot(transactions.map(({ id }) => id)),
    transactionCount: transactions.length,
  })
  return solve({ header, transactions })
}

test('another block than was asked for costs its sender its place, and sync goes on', async () => {
  const [genesis] = await blocksOf(honest)
  const bad = hostile({
    blocks: () => ({ blocks: [encodeBlock(genesis as Block), encodeBlock(genesis as Block)] }),
  })
  const victim = await node(network, { clock })
  victim.knows(bad)
  victim.sync.start()
  expect((await banned(victim, bad)).reason).toMatch(/other blocks/)
  victim.knows(honest)
  await agree(victim, honest)
})

test('BLK-6: a body that does not belong to its header is not stored, its sender is dropped, the block is fetched again', async () => {
  const bad = hostile({
    blocks: async (body) => {
      const { blocks } = (await handlerOf(honest)('blocks', body)) as { blocks: Record<string, unknown>[] }
      const [first] = blocks
      const coinbase = (first?.['transactions'] as Record<string, unknown>[])[0]
      return { blocks: blocks.map((block) => ({ ...block, transactions: [{ ...coinbase, timestamp: 7 }] })) }
    },
  })
  const victim = await node(network, { clock })
  victim.knows(bad)
  victim.sync.start()
  expect((await banned(victim, bad)).reason).toMatch(/BLK-6/)
  expect(victim.height).toBe(-1)
  victim.knows(honest)
  await agree(victim, honest)
})

test('bodies that are withheld do not stall sync, and a node that goes on withholding is dropped', async () => {
  const last = honest.chain.blockchain.tip() as BlockHeader
  const more = spun(last, 5, 1000)
  clock.nowMs += 5000
  const tip = more.at(-1) as BlockHeader
  const bad = hostile({
    status: () => statusWith(honest.chain.blockchain.work() + 10n, tip.hash, tip.height),
    headers: async (body) => {
      const { headers } = (await handlerOf(honest)('headers', body)) as { headers: unknown[] }
      return { headers: [...headers, ...more.map(encodeHeaderJson)] }
    },
    blocks: () => ({ blocks: [] }),
  })
  const victim = await victimOf(bad)
  await agree(victim, honest)
  expect((await banned(victim, bad)).reason).toMatch(/withholds/)
})

test('a node that never answers, or drips, delays nobody', async () => {
  const bad = hostile({
    blocks: () => new Promise(() => undefined),
    headers: () => new Promise(() => undefined),
  })
  const victim = await victimOf(bad)
  await agree(victim, honest)
  expect(victim.misbehaviour).toEqual([])
})

test('FORK-3: headers of little work without end are held in memory up to a bound, and none is stored', async () => {
  const victim = await node(network, {
    clock,
    maxBranchDepth: 1,
    sync: { maxHeldHeaders: 30, headersPerCall: 10 },
  })
  await victim.chain.blockchain.submitMany(await blocksOf(honest))
  await mineMany(honest, 40)
  await victim.chain.blockchain.submitMany(await blocksOf(honest))
  const genesis = (await blocksOf(honest))[0] as Block
  const cheap = spun(genesis.header, 100)
  let told = 0
  const bad = hostile({
    status: () => statusWith(1n << 40n, 'ab'.repeat(32)),
    headers: () => ({ headers: cheap.slice(told, (told += 10)).map(encodeHeaderJson) }),
  })
  victim.knows(bad)
  victim.sync.start()
  expect((await banned(victim, bad)).reason).toMatch(/go on and on/)
  expect(cheap.some(({ hash }) => victim.chain.blockchain.index.entry(hash))).toBe(false)
})

test('HDR-13: a header without its work is refused before anything is stored', async () => {
  const last = honest.chain.blockchain.tip() as BlockHeader
  let header = spun(last, 1)[0] as BlockHeader
  for (let nonce = 0; header.hash < '8'; nonce++) {
    header = sealHeader({ ...header, nonce: nonce.toString(16).padStart(16, '0') })
  }
  const bad = hostile({
    status: () => statusWith(1n << 40n, header.hash),
    headers: () => ({ headers: [encodeHeaderJson(header)] }),
  })
  const victim = await node(network, { clock })
  await victim.chain.blockchain.submitMany(await blocksOf(honest))
  victim.knows(bad)
  victim.sync.start()
  expect((await banned(victim, bad)).reason).toMatch(/does not meet the target/)
  expect(victim.chain.blockchain.index.entry(header.hash)).toBeUndefined()
})

/** The honest chain but for its last block, whose reward is too large, and three right blocks above that. */
async function greedyBranch(): Promise<{ wrong: Block; branch: Block[] }> {
  const blocks = await blocksOf(honest)
  const last = blocks.at(-1) as Block
  const coinbase = last.transactions[0]
  if (!coinbase) throw new Error('there is a coinbase')
  const { outputs } = coinbase
  const greedy = outputs.map((output) => ({ ...output, amount: output.amount + 1 }))
  const wrong = forged(last, [sealTransaction({ ...coinbase, outputs: greedy }, [])])
  clock.nowMs += 5000
  return { wrong, branch: [...blocks.slice(0, -1), wrong, ...grown(wrong, outputs, 3)] }
}

/** A node that has this branch and nothing else. */
function holding(branch: readonly Block[]): { record: NodeRecord } {
  const held = new Map(branch.map((each) => [each.header.hash, each]))
  const work = honest.chain.blockchain.work() + 6n
  return hostile({
    status: () => statusWith(work, branch.at(-1)?.header.hash ?? ''),
    headers: (body) => {
      const { locator } = body as { locator: string[] }
      const known = branch.filter(({ header }) => locator.includes(header.hash)).at(-1)
      const fresh = branch.slice((known?.header.height ?? -1) + 1)
      return { headers: fresh.map(({ header }) => encodeHeaderJson(header)) }
    },
    blocks: (body) => {
      const { hashes } = body as { hashes: string[] }
      return { blocks: hashes.flatMap((hash) => held.get(hash) ?? []).map(encodeBlock) }
    },
  })
}

test('UTX-8: a block with work that pays too much is neither kept nor passed on, and its branch is not asked for again', async () => {
  const { wrong, branch } = await greedyBranch()
  const bad = holding(branch)
  const victim = await node(network, { clock })
  victim.knows(bad)
  victim.sync.start()
  expect((await banned(victim, bad)).reason).toMatch(/UTX-8/)
  expect(await victim.chain.blockchain.block(wrong.header.hash)).toBeUndefined()
  const other = holding(branch)
  network.reset()
  victim.knows(other, honest)
  await agree(victim, honest)
  await waitFor('the other node to be asked', () => messagesTo(other, 'status').length > 1)
  expect(messagesTo(other, 'blocks')).toEqual([])
  expect(victim.misbehaviour).toHaveLength(1)
})

test('UTX-8: a block beside the chain is judged when the chain turns to it, and costs its sender its place', async () => {
  const { wrong, branch } = await greedyBranch()
  const victim = await node(network, { clock })
  await victim.chain.blockchain.submitMany(await blocksOf(honest))
  const bad = holding(branch)
  victim.knows(bad)
  victim.sync.start()
  expect((await banned(victim, bad)).reason).toMatch(/breaks a rule/)
  expect(victim.tip).toBe(honest.tip)
  expect(victim.chain.blockchain.index.entry(wrong.header.hash)?.invalid).toBe('itself')
})

const messagesTo = ({ record }: { record: NodeRecord }, path: string) =>
  network.messages.filter((message) => message.to === keyOf(record) && message.path === path)

test('a node that claims more work than its headers show is dropped', async () => {
  const bad = hostile({ status: () => statusWith(1n << 60n, 'cd'.repeat(32)) })
  const victim = await victimOf(bad)
  expect((await banned(victim, bad)).reason).toMatch(/less work than it claims/)
  await agree(victim, honest)
})

test('a node of another chain is asked for nothing, and not blamed', async () => {
  const bad = hostile({
    status: () => ({ ...statusWith(1n << 60n, 'cd'.repeat(32)), chain_id: 'ef'.repeat(32) }),
  })
  const victim = await victimOf(bad)
  await agree(victim, honest)
  const asked = network.messages.filter(({ to, path }) => to === keyOf(bad.record) && path !== 'status')
  expect(asked.filter(({ path }) => path === 'headers' || path === 'blocks')).toEqual([])
  expect(victim.misbehaviour).toEqual([])
})

test('junk instead of an answer costs its sender its place', async () => {
  for (const junk of [{}, { headers: 'x' }, { headers: [{}] }, { headers: [null] }, 7]) {
    const bad = hostile({ status: () => statusWith(1n << 60n, 'cd'.repeat(32)), headers: () => junk })
    const victim = await victimOf(bad)
    await banned(victim, bad)
    await agree(victim, honest)
  }
})

test('a storm of one announcement is answered cheaply, fetched once, and its sender dropped in the end', async () => {
  const [next] = await mineMany(honest, 1)
  const victim = await node(network, { clock })
  const bad = hostile({})
  await victim.chain.blockchain.submitMany(await blocksOf(honest))
  victim.knows(bad)
  victim.sync.start()
  network.reset()
  const params = { ...bad.record, header: encodeHeaderJson((next as Block).header) }
  for (let i = 0; i < 300; i++) await victim.dispatch('sync.announce', params, { ipAddress: '127.0.0.1' })
  expect(network.messages.filter(({ path }) => path === 'blocks')).toEqual([])
  expect((await banned(victim, bad)).reason).toMatch(/again and again/)
})

test('an announcement with an unknown parent asks its sender how far it is, once at a time', async () => {
  const victim = await node(network, { clock, sync: { pollMs: 3_600_000, backoffMs: 60_000 } })
  victim.knows(honest)
  network.reset()
  const orphan = honest.chain.blockchain.tip() as BlockHeader
  const verdicts: unknown[] = []
  for (let i = 0; i < 20; i++) {
    const params = { ...honest.record, header: encodeHeaderJson(orphan) }
    verdicts.push(await victim.dispatch('sync.announce', params, { ipAddress: '127.0.0.1' }))
  }
  expect(verdicts[0]).toEqual({ verdict: 'orphan' })
  await agree(victim, honest)
  expect(network.messages.filter(({ path }) => path === 'status')).toHaveLength(1)
})

test('whoever speaks in the name of another is not believed, and the other is not blamed', async () => {
  const victim = await node(network, { clock })
  victim.knows(honest)
  const header = { ...encodeHeaderJson(honest.chain.blockchain.tip() as BlockHeader), nonce: 'ff'.repeat(8) }
  const params = { ...honest.record, header }
  await expect(victim.dispatch('sync.announce', params, { ipAddress: '10.0.0.9' })).rejects.toThrow(/hash/)
  expect(victim.misbehaviour).toEqual([])
  await expect(victim.dispatch('sync.announce', params, { ipAddress: '127.0.0.1' })).rejects.toThrow(/hash/)
  expect(victim.misbehaviour).toHaveLength(1)
})

test('transactions that were not asked for count for nothing, wrong ones cost their sender its place', async () => {
  await mineMany(honest, 3)
  const bad = hostile({})
  const victim = await node(network, { clock })
  await victim.chain.blockchain.submitMany(await blocksOf(honest))
  victim.knows(bad)
  victim.sync.start()
  const caller = { ipAddress: '127.0.0.1' }
  const good = transfer(honest.chain, clock)
  const transactions = [encodeTransaction(good)]
  await victim.dispatch('sync.offer', { ...bad.record, transactions }, caller)
  expect(victim.chain.pending.pool.size).toBe(0)
  const [signature] = good.signatures
  const wrong = {
    ...good,
    signatures: [
      { publicKey: signature?.publicKey ?? '', signature: `00${signature?.signature.slice(2) ?? ''}` },
    ],
  }
  await victim.dispatch('sync.offer', { ...bad.record, ids: [good.id] }, caller)
  await victim.dispatch('sync.offer', { ...bad.record, transactions: [encodeTransaction(wrong)] }, caller)
  expect((await banned(victim, bad)).reason).toMatch(/TX-22/)
  expect(victim.chain.pending.pool.size).toBe(0)
  victim.knows(honest)
  const offer = { ...honest.record, ids: [good.id] }
  expect(await victim.dispatch('sync.offer', offer, caller)).toMatchObject({ wanted: [good.id] })
})

test('an offer of more ids than a message may hold is refused', async () => {
  const ids = Array.from({ length: 1001 }, (_, i) => i.toString(16).padStart(64, '0'))
  const offer = { ...nextRecord(), ids }
  await expect(honest.dispatch('sync.offer', offer, { ipAddress: '127.0.0.1' })).rejects.toThrow(/1000/)
})

test('what a node offers and never sends is taken from the next that offers it', async () => {
  await mineMany(honest, 3)
  const bad = hostile({})
  const victim = await node(network, { clock })
  await victim.chain.blockchain.submitMany(await blocksOf(honest))
  victim.knows(honest, bad)
  honest.knows(victim)
  victim.sync.start()
  honest.sync.start()
  const paid = transfer(honest.chain, clock)
  await victim.dispatch('sync.offer', { ...bad.record, ids: [paid.id] }, { ipAddress: '127.0.0.1' })
  await honest.chain.pending.submit(paid)
  await waitFor('the transaction', () => victim.chain.pending.pool.get(paid.id))
})
