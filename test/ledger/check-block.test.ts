import { expect, test } from '@jest/globals'
import { canonicalJson } from '../../src/base/canonical-json.js'
import type { Json } from '../../src/base/json.js'
import type { Block } from '../../src/ledger/block.js'
import type { Chain } from '../../src/ledger/chain.js'
import { blockBytes, checkBlock, checkBlockInSteps } from '../../src/ledger/check-block.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import { encodeBlock } from '../../src/ledger/encode-block.js'
import { sealHeader } from '../../src/ledger/header.js'
import { merkleRoot } from '../../src/ledger/merkle.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { chain, changed, keyOf, ruleBrokenBy, settings, signed, transfer, vectors } from './fixtures.js'
import { blockOf as minedBlock, recordOf, testChain } from './make-chain.js'

interface BlockVector {
  readonly block: { [name: string]: Json; transactions: Json[] }
  readonly bytes: number
}

const { blocks } = vectors('blocks') as { blocks: BlockVector[] }

test.each(blocks)(
  'block $block.height is well-formed, has its size, and is written as it was read',
  ({ block, bytes }) => {
    const decoded = decodeBlock(block)
    checkBlock(decoded, chain)
    expect(blockBytes(decoded)).toBe(bytes)
    expect(canonicalJson(encodeBlock(decoded))).toBe(canonicalJson(block))
  },
)

const [ann, bob] = [keyOf(1), keyOf(2)]

function coinbase(height: number): Transaction {
  return sealTransaction(transfer({ inputs: [], fee: 0, payload: { kind: 'coinbase', height } }), [])
}

/** A block with these transactions and a header that fits them. */
function blockOf(
  transactions: readonly Transaction[],
  header: { transactionCount?: number; merkleRoot?: string } = {},
): Block {
  const fields = {
    version: 1,
    height: 5,
    previousHash: '00'.repeat(32),
    merkleRoot: merkleRoot(transactions.map((each) => each.id)),
    transactionCount: transactions.length,
    timestamp: settings.genesisTime,
    bits: settings.powLimitBits,
    ...header,
  } as const
  for (let nonce = 0; ; nonce++) {
    const sealed = sealHeader({ ...fields, nonce: nonce.toString(16).padStart(16, '0') })
    if (sealed.hash < '7f') return { header: sealed, transactions }
  }
}

function broken(block: Block, on: Chain = chain): string | undefined {
  return ruleBrokenBy(() => checkBlock(block, on))
}

const [first, second] = [signed(transfer(), ann), signed(transfer({ fee: 2 }), ann)]
const good = blockOf([coinbase(5), first, second])

test('a block with a coinbase and transfers keeps every rule', () => {
  expect(broken(good)).toBeUndefined()
})

test('BLK-1 is broken by a member too many, one too few, or a block that is no object', () => {
  const json = blocks[0]?.block as Json
  expect(ruleBrokenBy(() => decodeBlock(changed(json, ['size'], 1)))).toBe('BLK-1')
  expect(ruleBrokenBy(() => decodeBlock(changed(json, ['nonce'], undefined)))).toBe('BLK-1')
  expect(ruleBrokenBy(() => decodeBlock(null))).toBe('BLK-1')
})

test('BLK-2 is broken by transactions that are no list', () => {
  const json = changed(blocks[0]?.block as Json, ['transactions'], {})
  expect(ruleBrokenBy(() => decodeBlock(json))).toBe('BLK-2')
})

test('BLK-3 is broken by a count that is not that of the transactions', () => {
  expect(broken(blockOf(good.transactions, { transactionCount: 4 }))).toBe('BLK-3')
  expect(broken({ header: good.header, transactions: [] })).toBe('BLK-3')
})

test('BLK-4 bounds the canonical JSON to the byte', () => {
  const bytes = canonicalJson(encodeBlock(good)).length
  const limited = (maxBlockBytes: number) => ({ ...chain, settings: { ...settings, maxBlockBytes } })
  expect(broken(good, limited(bytes))).toBeUndefined()
  expect(broken(good, limited(bytes - 1))).toBe('BLK-4')
})

test('BLK-5 is broken by a transaction that stands twice, even under other signatures', () => {
  expect(broken(blockOf([coinbase(5), first, first]))).toBe('BLK-5')
  expect(broken(blockOf([coinbase(5), first, signed(transfer(), bob)]))).toBe('BLK-5')
})

test('BLK-6 is broken by the root of other transactions', () => {
  expect(broken(blockOf(good.transactions, { merkleRoot: '00'.repeat(32) }))).toBe('BLK-6')
  expect(broken({ header: good.header, transactions: [coinbase(5), second, first] })).toBe('BLK-6')
})

test('BLK-7 is broken by a block that does not start with a coinbase', () => {
  expect(broken(blockOf([first, coinbase(5)]))).toBe('BLK-7')
})

test('BLK-8 is broken by a second coinbase', () => {
  expect(broken(blockOf([coinbase(5), coinbase(6)]))).toBe('BLK-8')
})

test('BLK-9 is broken by the coinbase of another height', () => {
  expect(broken(blockOf([coinbase(4), first]))).toBe('BLK-9')
})

test('a block is refused for its header and for every transaction in it', () => {
  expect(broken({ ...good, header: { ...good.header, hash: 'ff'.repeat(32) } })).toBe('HDR-13')
  expect(broken(blockOf([coinbase(5), signed(transfer())]))).toBe('TX-16')
})

test('a large block is checked in many steps, so that whoever checks it can rest in between', () => {
  const large = testChain()
  const transactions = Array.from({ length: 300 }, (_, i) => recordOf(large, 'a', `${i}`))
  const steps = [...checkBlockInSteps(minedBlock(large, undefined, { transactions }), large)]
  expect(steps.length).toBeGreaterThan(10)
})
