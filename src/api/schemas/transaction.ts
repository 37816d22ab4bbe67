import { type Static, type TProperties, Type as T } from '@sinclair/typebox'
import { encodeTransaction } from '../../ledger/encode-transaction.js'
import type { Transaction } from '../../ledger/transaction.js'
import { Address, Amount, Count, Hash, Height, Index, Timestamp } from './common.js'

const object = <P extends TProperties>(properties: P, description?: string) =>
  T.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

const Binary = T.Union(
  [object({ text: T.String() }), object({ hex: T.String({ pattern: '^([0-9a-f]{2})*$' }) })],
  {
    description: 'Bytes: as text where they are UTF-8, else as hex digits.',
  },
)

const KeyVersion = object({ height: Height, index: Index }, 'Which transaction wrote the key last.')

const Signature = object({
  public_key: T.String({ pattern: '^[0-9a-f]{64}$', description: 'Ed25519' }),
  signature: T.String({
    pattern: '^[0-9a-f]{128}$',
    description: 'Ed25519, over the signature message of the id',
  }),
})

const CoinbasePayload = object({ kind: T.Literal('coinbase'), height: Height }, "Creates a block's reward.")

const RecordPayload = object(
  {
    kind: T.Literal('record'),
    txn_type: T.String(),
    tag: T.String(),
    payload: T.Unknown({ description: 'Any JSON whose numbers are integers.' }),
    invoker: Address,
  },
  'Typed data put on the chain.',
)

const OutputPayload = object(
  {
    kind: T.Literal('output'),
    txn_type: T.String(),
    tag: T.String(),
    payload: T.Unknown({ description: 'Any JSON whose numbers are integers.' }),
    invoker: Address,
    contract: T.String({ description: 'Id of the contract at the node that signed.' }),
    invoked_by: T.String({ description: 'Id of the transaction that invoked it, or what stands for it.' }),
  },
  'What a remote contract made of what invoked it.',
)

const InvocationPayload = T.Object(
  {
    kind: T.Literal('invocation'),
    contract: T.String(),
    call_id: Hash,
    args: T.Array(Binary),
    creator: object({ msp_id: T.String(), credentials: T.String() }),
    invoker: Address,
    reads: T.Array(
      object({ namespace: T.String(), key: T.String(), version: T.Union([KeyVersion, T.Null()]) }),
    ),
    range_reads: T.Array(
      object({
        namespace: T.String(),
        start: T.String(),
        end: T.String(),
        exhausted: T.Boolean(),
        results: T.Array(object({ key: T.String(), version: KeyVersion })),
      }),
    ),
    writes: T.Array(object({ namespace: T.String(), key: T.String(), value: T.Union([Binary, T.Null()]) })),
    response: object({ status: T.Integer(), message: T.String(), payload: Binary }),
    event: T.Optional(object({ name: T.String(), payload: Binary })),
    endorsements: T.Array(Signature),
  },
  { additionalProperties: false, description: 'A contract call with what it read and wrote.' },
)

/** A transaction as it stands in blocks and on the wire: the rules in docs/spec/chain.md. */
export const TransactionJson = T.Object(
  {
    version: T.Literal(1),
    chain_id: Hash,
    timestamp: Timestamp,
    inputs: T.Array(object({ transaction_id: Hash, output_index: Index })),
    outputs: T.Array(object({ address: Address, amount: Amount })),
    fee: Amount,
    payload: T.Optional(T.Union([CoinbasePayload, RecordPayload, OutputPayload, InvocationPayload])),
    signatures: T.Array(Signature),
  },
  { additionalProperties: false, title: 'Transaction', description: 'A transaction as it stands in blocks.' },
)
export type TransactionJson = Static<typeof TransactionJson>

/** The encoder knows the shape, its type does not say it. */
export function transactionJson(transaction: Transaction): TransactionJson {
  return encodeTransaction(transaction) as unknown as TransactionJson
}

/** A pending transaction at a glance. */
export const TransactionHeader = object({
  id: Hash,
  timestamp: Timestamp,
  value: T.Integer({ minimum: 0, description: 'What the outputs hold together, in units.' }),
  fee: Amount,
  bytes: Count,
  added: T.Integer({ description: 'When this node took it, in milliseconds since 1970.' }),
})
export type TransactionHeader = Static<typeof TransactionHeader>

/** What the outputs hold together, in units. */
export function valueOf({ outputs }: Pick<Transaction, 'outputs'>): number {
  return outputs.reduce((sum, { amount }) => sum + amount, 0)
}

/** Where a transaction stands in the chain. */
export const TransactionPlace = object({ hash: Hash, height: Height, index: Index, timestamp: Timestamp })

const ValidationCode = T.Integer({
  minimum: 0,
  maximum: 255,
  description:
    'What became of a contract call or output, in the numbers of Fabric; 0: valid, and so for every other kind.',
})

const status = {
  id: Hash,
  status: T.Union([T.Literal('pending'), T.Literal('confirmed')]),
  confirmations: T.Integer({
    minimum: 0,
    description: 'Blocks from the one that holds it to the tip, both counted; 0 while pending.',
  }),
  block: T.Union([TransactionPlace, T.Null()], { description: 'null while pending.' }),
  code: T.Union([ValidationCode, T.Null()]),
  code_name: T.Union([T.String(), T.Null()], {
    description: 'The name of the code, such as MVCC_READ_CONFLICT.',
  }),
}

export const TransactionStatus = object(status)
export type TransactionStatus = Static<typeof TransactionStatus>

export const TransactionAnswer = object({ ...status, transaction: TransactionJson })
export type TransactionAnswer = Static<typeof TransactionAnswer>

/** What became of a transaction that was handed in. */
export const Submitted = object({
  id: Hash,
  status: T.Union([T.Literal('pending'), T.Literal('confirmed')]),
  is_new: T.Boolean({ description: 'false: the node had it already; handing in twice does no harm.' }),
  replaced: T.Array(Hash, {
    description: 'Pending transactions that spent the same for a lower fee, and what built on them.',
  }),
  evicted: T.Array(Hash, {
    description: 'Pending transactions that paid least, and left because there was no more room.',
  }),
})
export type Submitted = Static<typeof Submitted>
