import { Type as T } from '@sinclair/typebox'
import { type Coin, type CoinPlace, type PlacedCoin, placeOfCoin } from '../../ledger/utxo.js'
import { fail } from '../errors.js'
import { exampleAddress, exampleBlock, exampleOutput, exampleTransfer } from '../examples/block.js'
import { methods } from '../method.js'
import { pendingFlow } from '../pending-flow.js'
import type { AccountsPort } from '../ports/accounts.js'
import type { ChainPort } from '../ports/chain.js'
import type { PendingPort } from '../ports/pending.js'
import { Balance, UnspentJson } from '../schemas/account.js'
import { Address, Hash } from '../schemas/common.js'
import {
  cursorNumber,
  cursorParts,
  DEFAULT_LIMIT,
  NextCursor,
  pageOf,
  pageParams,
} from '../schemas/paging.js'

const MAX_U32 = 0xffffffff

/** What the methods need of a node. */
export interface Context {
  readonly chain: Pick<ChainPort, 'tip'>
  readonly pending: Pick<PendingPort, 'touching' | 'spenderOf'>
  readonly accounts: AccountsPort
}

const method = methods<Context>()

const why =
  'unspent outputs follow from the blocks alone; to move coins hand a signed transaction to POST /transactions/'
const readOnly = { POST: why, DELETE: why }

const unspent: UnspentJson = {
  transaction_id: exampleTransfer.id,
  output_index: exampleOutput.index,
  amount: exampleOutput.amount,
  height: exampleBlock.height,
  is_coinbase: false,
  confirmations: 1,
  spendable_at: exampleBlock.height + 1,
  spent_by: null,
}

export const utxo = {
  'utxo.get': method({
    summary: 'What an address has: its balance, confirmed and pending, and how much it did',
    params: T.Object({ address: Address }, { additionalProperties: false }),
    result: Balance,
    http: 'GET /utxo/{address}/',
    refuses: readOnly,
    changesWith: ['chain.tip', 'transactions.pending', 'transactions.dropped'],
    example: {
      params: { address: exampleAddress },
      result: {
        address: exampleAddress,
        balance: exampleOutput.amount,
        pending_balance: exampleOutput.amount,
        pending_received: 0,
        pending_sent: 0,
        unspent_outputs: 1,
        transactions: 1,
        pending_transactions: 0,
      },
    },
    handle: ({ address }, { accounts, pending }) => {
      const { balance, unspentOutputs, transactions } = accounts.totals(address)
      let [received, sent, count] = [0, 0, 0]
      for (const entry of pending.touching(address)) {
        const flow = pendingFlow(entry, address)
        received += flow.received
        sent += flow.sent
        count += 1
      }
      return {
        address,
        balance,
        pending_balance: balance + received - sent,
        pending_received: received,
        pending_sent: sent,
        unspent_outputs: unspentOutputs,
        transactions,
        pending_transactions: count,
      }
    },
  }),
  'utxo.outputs': method({
    summary: 'Unspent outputs of an address, the oldest first',
    params: T.Object(
      { address: Address, ...pageParams('^\\d{1,10}-\\d{1,10}-\\d{1,10}$') },
      { additionalProperties: false },
    ),
    result: T.Object(
      { address: Address, outputs: T.Array(UnspentJson), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /utxo/{address}/outputs/',
    refuses: readOnly,
    changesWith: ['chain.tip', 'transactions.pending', 'transactions.dropped'],
    example: {
      params: { address: exampleAddress },
      result: { address: exampleAddress, outputs: [unspent], next_cursor: null },
    },
    handle: ({ address, limit = DEFAULT_LIMIT, cursor }, context) => {
      const coins = context.accounts.coinsOf(address, placeOf(cursor), limit + 1)
      const page = pageOf(coins, limit, cursorAt)
      return {
        address,
        outputs: page.items.map((coin) => unspentJson(coin, context)),
        next_cursor: page.next_cursor,
      }
    },
  }),
  'utxo.outputs_of': method({
    summary: 'Unspent outputs that one transaction paid to an address',
    params: T.Object({ address: Address, txid: Hash }, { additionalProperties: false }),
    result: T.Array(UnspentJson),
    http: 'GET /utxo/{address}/outputs/{txid}/',
    refuses: readOnly,
    errors: ['OUTPUT_NOT_FOUND'],
    changesWith: ['chain.tip', 'transactions.pending', 'transactions.dropped'],
    example: { params: { address: exampleAddress, txid: exampleTransfer.id }, result: [unspent] },
    handle: ({ address, txid }, context) => {
      const coins = [...context.accounts.coinsOfTransaction(address, txid)]
      if (coins.length > 0) return coins.map((coin) => unspentJson(coin, context))
      return fail('OUTPUT_NOT_FOUND', 'the address has no unspent output of this transaction', { txid })
    },
  }),
}

function cursorAt(coin: PlacedCoin): string {
  const { height, index, outputIndex } = placeOfCoin(coin)
  return `${height}-${index}-${outputIndex}`
}

function placeOf(cursor: string | undefined): CoinPlace | undefined {
  if (cursor === undefined) return undefined
  const [height, index, output] = cursorParts(cursor)
  return {
    height: cursorNumber(height, MAX_U32),
    index: cursorNumber(index, MAX_U32),
    outputIndex: cursorNumber(output, MAX_U32),
  }
}

function unspentJson({ outpoint, entry }: Coin, { chain, pending, accounts }: Context): UnspentJson {
  const { amount, height, isCoinbase } = entry
  return {
    transaction_id: outpoint.transactionId,
    output_index: outpoint.outputIndex,
    amount,
    height,
    is_coinbase: isCoinbase,
    confirmations: (chain.tip()?.height ?? height) - height + 1,
    spendable_at: height + 1 + (isCoinbase ? accounts.coinbaseMaturity() : 0),
    spent_by: pending.spenderOf(outpoint)?.id ?? null,
  }
}
