import { type Static, Type as T } from '@sinclair/typebox'
import { Address, Amount, Count, Hash, Height, Index, Timestamp } from './common.js'

/** What an address has. Of an address that the chain does not know everything is 0. */
export const Balance = T.Object(
  {
    address: Address,
    balance: Amount,
    pending_balance: T.Integer({
      minimum: 0,
      description: 'As if every pending transaction were in the chain, in units of 10^-8 coin.',
    }),
    pending_received: Amount,
    pending_sent: Amount,
    unspent_outputs: Count,
    transactions: T.Integer({ minimum: 0, description: 'In the chain.' }),
    pending_transactions: Count,
  },
  { additionalProperties: false },
)
export type Balance = Static<typeof Balance>

/** An output of the chain that nothing in the chain spends. */
export const UnspentJson = T.Object(
  {
    transaction_id: Hash,
    output_index: Index,
    amount: Amount,
    height: Height,
    is_coinbase: T.Boolean(),
    confirmations: T.Integer({ minimum: 1 }),
    spendable_at: T.Integer({ minimum: 0, description: 'Height of the first block that may spend it.' }),
    spent_by: T.Union([Hash, T.Null()], { description: 'The pending transaction that spends it.' }),
  },
  { additionalProperties: false },
)
export type UnspentJson = Static<typeof UnspentJson>

/** A transaction as one address sees it. */
export const AddressTransaction = T.Object(
  {
    id: Hash,
    hash: T.Union([Hash, T.Null()], { description: 'Of its block.' }),
    height: Height,
    index: Index,
    timestamp: T.Union([Timestamp, T.Null()], { description: 'Of its block.' }),
    confirmations: T.Integer({ minimum: 1 }),
    received: Amount,
    sent: Amount,
  },
  { additionalProperties: false },
)
export type AddressTransaction = Static<typeof AddressTransaction>

export const AddressPending = T.Object(
  {
    id: Hash,
    received: Amount,
    sent: Amount,
    fee: Amount,
    added: T.Integer({ description: 'When this node took it, in milliseconds since 1970.' }),
  },
  { additionalProperties: false },
)
export type AddressPending = Static<typeof AddressPending>
