import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { verifyProof } from '../../src/api/index.js'
import { blockJson, headerJson } from '../../src/api/schemas/block.js'
import { encodeBlock } from '../../src/ledger/encode-block.js'
import type { Block } from '../../src/ledger/block.js'
import { account, solve } from '../support/chain.js'
import { type ChainNode, expectError, startChainNode } from '../support/chain-node.js'
import { blockTemplate } from '../../src/chain/block-template.js'

/** Nine blocks; the last holds a transfer of the first block's reward. */
async function startWithTransfer(): Promise<ChainNode & { blocks: Block[] }> {
  const made = await startChainNode()
  const blocks = await made.mine(8)
  await made.chain.pending.submit(made.transfer(0, 1, 100_000_000))
  return { ...made, blocks: [...blocks, ...(await made.mine(1))] }
}

function at(blocks: readonly Block[], height: number): Block {
  const block = blocks[height]
  if (!block) throw new Error(`no block ${height}`)
  return block
}

test('a block is found by height, by hash and as the last, and is the same as in its file', async () => {
  const { get, blocks } = await startWithTransfer()
  const last = at(blocks, 8)
  for (const bid of ['8', 'last', last.header.hash]) {
    expect(await get('blocks.get', `/blocks/${bid}/`)).toEqual(blockJson(last))
    expect(await get('blocks.header', `/blocks/${bid}/header/`)).toEqual(headerJson(last.header))
  }
  expect(await get('blocks.get', '/blocks/0')).toEqual(blockJson(at(blocks, 0)))
})

test('before block 0 there is no last block, and lists are empty', async () => {
  const { get, url } = await startChainNode()
  await expectError(request(url).get('/blocks/last/'), 404, 'BLOCK_NOT_FOUND', { bid: 'last', height: -1 })
  await expectError(request(url).get('/blocks/0/header/'), 404, 'BLOCK_NOT_FOUND')
  expect(await get('blocks.list', '/blocks/')).toEqual({ blocks: [], next_cursor: null })
  expect(await get('headers.range', '/headers/')).toEqual({ headers: [], next_cursor: null })
  expect(await get('blocks.range', '/blocks/range/')).toEqual([])
  expect(await get('blocks.tips', '/blocks/tips/')).toEqual([])
})

describe('a chain of nine blocks', () => {
  test('pages: newest first, upwards from a height, and back together again', async () => {
    const { get, blocks } = await startWithTransfer()
    const heights = blocks.map(({ header }) => header.height)
    const walk = async (query: string): Promise<number[]> => {
      const found: number[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { blocks: { height: number }[]; next_cursor: string | null } = await get(
          'blocks.list',
          `/blocks/?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
        expect(page.blocks.length).toBeLessThanOrEqual(2)
        found.push(...page.blocks.map(({ height }) => height))
        cursor = page.next_cursor
      }
      return found
    }
    expect(await walk('limit=2')).toEqual([...heights].reverse())
    expect(await walk('limit=2&from=4')).toEqual([4, 5, 6, 7, 8])
    expect(await walk('limit=2&order=oldest')).toEqual(heights)
    expect(await walk('limit=1&order=newest&from=2')).toEqual([2, 1, 0])
    expect(await walk('limit=2&order=newest&from=99')).toEqual([...heights].reverse())
    expect((await get('blocks.list', '/blocks/?limit=9')).next_cursor).toBeNull()
    expect((await get('blocks.list', '/blocks/?from=9')).blocks).toEqual([])
  })

  test('gives headers in ranges and blocks in batches', async () => {
    const { get, blocks, url } = await startWithTransfer()
    const headers = await get('headers.range', '/headers/?from=3&limit=2')
    expect(headers.headers.map(({ height }) => height)).toEqual([3, 4])
    expect(headers.next_cursor).toBe('5')
    expect((await get('headers.range', '/headers/')).headers).toEqual(
      blocks.map(({ header }) => headerJson(header)),
    )
    expect(await get('blocks.range', '/blocks/range/?from=2&to=4')).toEqual(blocks.slice(2, 5).map(blockJson))
    expect(await get('blocks.range', '/blocks/range/')).toEqual(blocks.map(blockJson))
    expect(await get('blocks.range', '/blocks/range/?from=5&to=4')).toEqual([])
    const lines = await request(url)
      .get('/blocks/range/?from=7')
      .set('accept', 'application/x-ndjson')
      .buffer(true)
    expect(lines.headers['content-type']).toContain('application/x-ndjson')
    expect(
      lines.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(blocks.slice(7).map(blockJson))
  })

  test('shows the parts of a transaction by index and by id', async () => {
    const { get, blocks } = await startWithTransfer()
    const block = at(blocks, 8)
    const [coinbase, transfer] = block.transactions
    const all = await get('blocks.transactions', '/blocks/8/transactions/')
    expect(all.transactions.map(({ id, index }) => [id, index])).toEqual([
      [coinbase?.id, 0],
      [transfer?.id, 1],
    ])
    const first = await get('blocks.transactions', '/blocks/last/transactions/?limit=1')
    expect([first.transactions.length, first.next_cursor]).toEqual([1, '1'])
    for (const tid of ['1', transfer?.id]) {
      const path = `/blocks/8/transactions/${tid}`
      expect((await get('blocks.transaction', `${path}/`)).id).toBe(transfer?.id)
      const [input] = await get('blocks.inputs', `${path}/inputs/`)
      expect(input).toEqual({
        index: 0,
        transaction_id: at(blocks, 0).transactions[0]?.id,
        output_index: 0,
        address: account(0).address,
        amount: 150_000_000,
      })
      expect(await get('blocks.input', `${path}/inputs/0/`)).toEqual(input)
      const outputs = await get('blocks.outputs', `${path}/outputs/`)
      expect(outputs.map(({ amount, unspent }) => [amount, unspent])).toEqual([
        [100_000_000, true],
        [49_999_000, true],
      ])
      expect(await get('blocks.output', `${path}/outputs/1/`)).toEqual(outputs[1])
    }
    expect((await get('blocks.outputs', '/blocks/0/transactions/0/outputs/'))[0]?.unspent).toBe(false)
  })

  test('proves to somebody who trusts only a hash that a transaction stands in its block', async () => {
    const { get, blocks } = await startWithTransfer()
    const { header, transactions } = at(blocks, 8)
    const [coinbase, transfer] = transactions.map(({ id }) => id)
    const proof = await get('blocks.proof', `/blocks/8/transactions/${transfer}/proof/`)
    const holds = (changed: object, id = transfer ?? '', hash = header.hash): boolean =>
      verifyProof({ ...proof, ...changed }, id, hash)
    expect(holds({})).toBe(true)
    expect(holds({}, coinbase)).toBe(false)
    expect(holds({ transaction_id: coinbase }, coinbase)).toBe(false)
    expect(holds({}, transfer, at(blocks, 7).header.hash)).toBe(false)
    expect(holds({ index: 0 })).toBe(false)
    expect(holds({ path: [] })).toBe(false)
    expect(holds({ header: { ...proof.header, merkle_root: '0'.repeat(64) } })).toBe(false)
    expect(holds({ header: { ...proof.header, version: 2 } })).toBe(false)
  })
})

describe('what is asked wrongly', () => {
  const start = async (): Promise<ChainNode> => {
    const made = await startChainNode()
    await made.mine(1)
    return made
  }

  test('is 400 when it is malformed, 404 when there is no such thing', async () => {
    const { url } = await start()
    const digits = '1'.repeat(64)
    const malformed = [
      '/blocks/-1/',
      '/blocks/1.5/',
      '/blocks/007/',
      '/blocks/4294967296/',
      '/blocks/LAST/',
      `/blocks/${'A'.repeat(64)}/`,
      `/blocks/${'a'.repeat(63)}/`,
      '/blocks/?limit=0',
      '/blocks/?limit=501',
      '/blocks/?limit=x',
      '/blocks/?cursor=x',
      '/blocks/?cursor=9999999999',
      '/blocks/?order=best',
      '/blocks/?page=2',
      '/headers/?from=-1',
      '/headers/?limit=2001',
      '/blocks/range/?from=a',
      '/blocks/0/transactions/x/',
      '/blocks/0/transactions/?cursor=-1',
      '/blocks/0/transactions/0/inputs/x/',
      '/blocks/0/transactions/0/outputs/-1/',
    ]
    for (const path of malformed) await expectError(request(url).get(path), 400, 'INVALID_PARAMS')
    await expectError(request(url).get('/blocks/1/'), 404, 'BLOCK_NOT_FOUND', { bid: 1, height: 0 })
    // All digits, and yet a hash or an id: 64 of them.
    await expectError(request(url).get(`/blocks/${digits}/`), 404, 'BLOCK_NOT_FOUND', { bid: digits })
    await expectError(request(url).get(`/blocks/0/transactions/${digits}/`), 404, 'TRANSACTION_NOT_FOUND', {
      tid: digits,
    })
    await expectError(request(url).get('/blocks/0/transactions/1/'), 404, 'TRANSACTION_NOT_FOUND', { tid: 1 })
    await expectError(request(url).get('/blocks/0/transactions/0/inputs/0/'), 404, 'INPUT_NOT_FOUND')
    await expectError(request(url).get('/blocks/0/transactions/0/outputs/1/'), 404, 'OUTPUT_NOT_FOUND')
  })

  test('a verb that a path does not take is 405 and says which it takes', async () => {
    const { url } = await start()
    const answer = await request(url).delete('/blocks/0/')
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect((await request(url).post('/blocks/tips/')).status).toBe(405)
  })
})

describe('a block that is handed in', () => {
  test('is connected once, and known ever after', async () => {
    const made = await startChainNode()
    const { chain, clock, post } = made
    await made.mine(1)
    clock.nowMs += 300_000
    const block = solve(
      await chain.blockchain.alone(() =>
        blockTemplate(chain.blockchain, chain.pending.pool, account(2).address, clock.nowMs),
      ),
    )
    const { hash } = block.header
    const reference = { hash, height: 1 }
    const body = encodeBlock(block)
    expect(await post('blocks.submit', '/blocks/', body)).toEqual({
      ...reference,
      verdict: 'connected',
      tip: reference,
    })
    expect(await post('blocks.submit', '/blocks/', body)).toEqual({
      ...reference,
      verdict: 'known',
      tip: reference,
    })
  })

  test('beside the chain is kept, shown among the tips, and can be read by its hash', async () => {
    const made = await startChainNode()
    const other = await startChainNode()
    const [first] = await made.mine(1)
    other.clock.nowMs = made.clock.nowMs + 7
    if (first) await other.post('blocks.submit', '/blocks/', encodeBlock(first))
    const [, ours] = await made.mine(2)
    const [side] = await other.mine(1, 3)
    if (!side || !ours) throw new Error('blocks were mined')
    expect(await made.post('blocks.submit', '/blocks/', encodeBlock(side))).toMatchObject({ verdict: 'side' })
    expect(await made.get('blocks.tips', '/blocks/tips/')).toEqual([
      { hash: ours.header.hash, height: 2, branch_length: 0, status: 'active' },
      { hash: side.header.hash, height: 1, branch_length: 1, status: 'valid' },
    ])
    expect(await made.get('blocks.get', `/blocks/${side.header.hash}/`)).toEqual(blockJson(side))
    const outputs = await made.get('blocks.outputs', `/blocks/${side.header.hash}/transactions/0/outputs/`)
    expect(outputs[0]?.unspent).toBe(false)
  })

  test('breaks a rule by its number, and nothing of it is kept', async () => {
    const made = await startChainNode()
    const [block] = await made.mine(1)
    if (!block) throw new Error('a block was mined')
    const json = encodeBlock(block)
    const bad: [object, string][] = [
      [{}, 'BLK-1'],
      [{ ...json, extra: 1 }, 'BLK-1'],
      [{ ...json, version: 2 }, 'HDR-2'],
      [{ ...json, height: 0.5 }, 'HDR-3'],
      [{ ...json, hash: '0'.repeat(64) }, 'HDR-11'],
      [{ ...json, transactions: 'none' }, 'BLK-2'],
    ]
    for (const [body, rule] of bad) {
      await expectError(request(made.url).post('/blocks/').send(body), 422, 'RULE_BROKEN', { rule })
    }
    await expectError(request(made.url).post('/blocks/').send([]), 400, 'INVALID_PARAMS')
    const twice = JSON.stringify(json).replace('{', '{"version":1,')
    const repeated = request(made.url).post('/blocks/').set('content-type', 'application/json').send(twice)
    await expectError(repeated, 400, 'MALFORMED_JSON')
    expect(made.chain.blockchain.height()).toBe(0)
  })
})
