import { Type as T } from '@sinclair/typebox'
import {
  exampleAddress,
  exampleBlock,
  exampleInput,
  exampleOutput,
  exampleTransfer,
} from '../examples/block.js'
import { methods } from '../method.js'
import { pendingFlow } from '../pending-flow.js'
import type { AccountsPort } from '../ports/accounts.js'
import type { ChainPort } from '../ports/chain.js'
import type { PendingPort } from '../ports/pending.js'
import { AddressPending, AddressTransaction } from '../schemas/account.js'
import { Address, Amount, Count } from '../schemas/common.js'
import {
  cursorNumber,
  cursorParts,
  DEFAULT_LIMIT,
  NextCursor,
  pageOf,
  pageParams,
} from '../schemas/paging.js'

const MAX_U32 = 0xffffffff

const method = methods<{
  chain: Pick<ChainPort, 'tip' | 'activeHash' | 'entry'>
  pending: Pick<PendingPort, 'touching'>
  accounts: AccountsPort
}>()

const { transaction } = exampleTransfer

export const addresses = {
  'addresses.transactions': method({
    summary: 'Transactions of the chain that pay an address or spend from it, the newest first',
    params: T.Object(
      { address: Address, ...pageParams('^\\d{1,10}-\\d{1,10}$') },
      { additionalProperties: false },
    ),
    result: T.Object(
      { address: Address, transactions: T.Array(AddressTransaction), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /addresses/{address}/transactions/',
    changesWith: ['chain.tip'],
    example: {
      params: { address: exampleAddress },
      result: {
        address: exampleAddress,
        transactions: [
          {
            id: exampleTransfer.id,
            hash: exampleBlock.hash,
            height: exampleBlock.height,
            index: exampleTransfer.index,
            timestamp: exampleBlock.timestamp,
            confirmations: 1,
            received: exampleOutput.amount,
            sent: 0,
          },
        ],
        next_cursor: null,
      },
    },
    handle: ({ address, limit = DEFAULT_LIMIT, cursor }, { accounts, chain }) => {
      const events = accounts.historyOf(address, placeOf(cursor), limit + 1)
      const page = pageOf(events, limit, ({ height, index }) => `${height}-${index}`)
      const end = chain.tip()?.height ?? 0
      const transactions = page.items.map(({ id, height, index, received, sent }): AddressTransaction => {
        const hash = chain.activeHash(height) ?? null
        const timestamp = hash === null ? null : (chain.entry(hash)?.header.timestamp ?? null)
        return { id, hash, height, index, timestamp, confirmations: end - height + 1, received, sent }
      })
      return { address, transactions, next_cursor: page.next_cursor }
    },
  }),
  'addresses.pending': method({
    summary: 'Pending transactions that pay an address or spend what it holds, in the order of arrival',
    params: T.Object({ address: Address, ...pageParams('^\\d{1,16}$') }, { additionalProperties: false }),
    result: T.Object(
      { address: Address, transactions: T.Array(AddressPending), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /addresses/{address}/pending/',
    changesWith: ['transactions.pending', 'transactions.dropped', 'chain.tip'],
    example: {
      params: { address: exampleInput.address ?? exampleAddress },
      result: {
        address: exampleInput.address ?? exampleAddress,
        transactions: [
          {
            id: exampleTransfer.id,
            received: 0,
            sent: exampleInput.amount ?? 0,
            fee: transaction.fee,
            added: transaction.timestamp + 5,
          },
        ],
        next_cursor: null,
      },
    },
    handle: ({ address, limit = DEFAULT_LIMIT, cursor }, { pending }) => {
      const after = cursor === undefined ? -1 : cursorNumber(cursor, Number.MAX_SAFE_INTEGER)
      const entries = [...pending.touching(address)]
        .filter(({ sequence }) => sequence > after)
        .sort((a, b) => a.sequence - b.sequence)
      const page = pageOf(entries, limit, ({ sequence }) => String(sequence))
      const transactions = page.items.map((entry) => {
        const { id, fee } = entry.transaction
        return { id, ...pendingFlow(entry, address), fee, added: entry.addedMs }
      })
      return { address, transactions, next_cursor: page.next_cursor }
    },
  }),
  'addresses.rich': method({
    summary: 'Addresses of the chain by balance, the richest first',
    params: T.Object(pageParams('^\\d{1,16}-0x[0-9a-f]{40}$'), { additionalProperties: false }),
    result: T.Object(
      {
        total_addresses: Count,
        rich_list: T.Array(T.Object({ address: Address, balance: Amount }, { additionalProperties: false })),
        next_cursor: NextCursor,
      },
      { additionalProperties: false },
    ),
    http: 'GET /addresses/rich/',
    changesWith: ['chain.tip'],
    example: {
      params: { limit: 10 },
      result: {
        total_addresses: 1,
        rich_list: [{ address: exampleAddress, balance: exampleOutput.amount }],
        next_cursor: null,
      },
    },
    handle: ({ limit = DEFAULT_LIMIT, cursor }, { accounts }) => {
      const page = pageOf(
        accounts.richest(limit + 1, wealthOf(cursor)),
        limit,
        ({ balance, address }) => `${balance}-${address}`,
      )
      return { total_addresses: accounts.count(), rich_list: page.items, next_cursor: page.next_cursor }
    },
  }),
}

function placeOf(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [height, index] = cursorParts(cursor)
  return { height: cursorNumber(height, MAX_U32), index: cursorNumber(index, MAX_U32) }
}

function wealthOf(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [balance, address] = cursorParts(cursor)
  return { address, balance: cursorNumber(balance, Number.MAX_SAFE_INTEGER) }
}
