import type { ContextOf } from '../../src/api/method.js'
import type { NodeApi } from '../../src/api/node-api.js'
import { exampleAddress, exampleBlock, exampleInput } from '../../src/api/examples/block.js'
import type { BlockHeader } from '../../src/ledger/block.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import type { PoolEntry } from '../../src/ledger/pool-graph.js'
import type { UtxoEntry } from '../../src/ledger/utxo.js'

const block = decodeBlock(exampleBlock as Parameters<typeof decodeBlock>[0])
const { header } = block
const [, transfer] = block.transactions
if (!transfer) throw new Error('the example has a transfer')
const { id } = transfer

const spent: UtxoEntry = {
  address: exampleInput.address ?? '',
  amount: exampleInput.amount ?? 0,
  height: 0,
  isCoinbase: true,
}
const waiting: PoolEntry = {
  transaction: transfer,
  spent: [spent],
  feeRate: 1,
  addedMs: transfer.timestamp + 5,
  sequence: 0,
}
const coin = {
  outpoint: { transactionId: id, outputIndex: 0 },
  entry: {
    address: exampleAddress,
    amount: transfer.outputs[0]?.amount ?? 0,
    height: header.height,
    isCoinbase: false,
  },
}

type ChainPorts = Pick<ContextOf<NodeApi>, 'chain' | 'pending' | 'accounts' | 'faucet' | 'chainControl'>

/** A chain that ends with the block of the examples, as far as the examples look at it. */
export function fakeChain(did: unknown[]): ChainPorts {
  const below: BlockHeader = { ...header, height: header.height - 1, hash: header.previousHash }
  let tip = header
  const active = new Map([below, header].map((each) => [each.height, each.hash]))
  return {
    chain: {
      tip: () => tip,
      entry: (hash) => {
        const found = [header, below].find((each) => each.hash === hash)
        return found && { header: found, work: 1n, sequence: 0, hasBody: true }
      },
      activeHash: (height) => active.get(height),
      block: (hash) => Promise.resolve(hash === header.hash ? block : undefined),
      blocks: async function* (from, to) {
        await Promise.resolve()
        if (from <= header.height && header.height <= to) yield block
      },
      tips: () => [{ hash: header.hash, height: header.height, branchLength: 0, status: 'active' }],
      spentIn: () => [spent],
      isUnspent: () => true,
      locate: (wanted) => (wanted === id ? { height: header.height, index: 1, code: 0 } : undefined),
      submit: (given) => (did.push(['block', given]), Promise.resolve('connected')),
    },
    pending: {
      size: 1,
      bytes: transfer?.bytes ?? 0,
      get: () => undefined,
      after: () => [waiting],
      touching: (address) => (address === spent.address ? [waiting] : []),
      spenderOf: () => undefined,
      submit: (given) => (did.push(['transaction', given]), Promise.resolve({ replaced: [], evicted: [] })),
      submitMany: (given) => (
        did.push(['transactions', given]),
        Promise.resolve(given.map(() => ({ replaced: [], evicted: [] })))
      ),
    },
    accounts: {
      coinbaseMaturity: () => 5,
      count: () => 1,
      totals: () => ({ balance: coin.entry.amount, unspentOutputs: 1, transactions: 1 }),
      coinsOf: () => [{ ...coin, index: 1 }],
      coinsOfTransaction: () => [coin],
      historyOf: () => [{ id, height: header.height, index: 1, received: coin.entry.amount, sent: 0 }],
      richest: () => [{ address: exampleAddress, balance: coin.entry.amount }],
    },
    faucet: {
      pay: (address, amount) => (
        did.push(['pay', address, amount]),
        Promise.resolve({ id, amount: amount ?? 0 })
      ),
    },
    chainControl: {
      invalidate: (hash) => {
        did.push(['invalidate', hash])
        tip = below
        return Promise.resolve()
      },
      reconsider: (hash) => (did.push(['reconsider', hash]), Promise.resolve()),
    },
  }
}
