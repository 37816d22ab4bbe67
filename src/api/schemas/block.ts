import { type Static, Type as T } from '@sinclair/typebox'
import type { Block, BlockHeader } from '../../ledger/block.js'
import { encodeBlock, encodeHeaderJson } from '../../ledger/encode-block.js'
import { Address, Amount, BlockReference, Hash, Height, Index, Timestamp } from './common.js'
import { TransactionJson } from './transaction.js'

const header = {
  version: T.Literal(1),
  height: Height,
  hash: Hash,
  previous_hash: Hash,
  merkle_root: Hash,
  transaction_count: T.Integer({ minimum: 1, maximum: 0xffffffff }),
  timestamp: Timestamp,
  bits: T.Integer({
    minimum: 0,
    maximum: 0xffffffff,
    description: 'target of the proof of work in compact form',
  }),
  nonce: T.String({ pattern: '^[0-9a-f]{16}$' }),
}

/** A header: the hash is over its other fields in their binary form. */
export const HeaderJson = T.Object(header, {
  additionalProperties: false,
  title: 'Header',
  description: 'The header of a block.',
})
export type HeaderJson = Static<typeof HeaderJson>

/** A block as it stands in its file. */
export const BlockJson = T.Object(
  { ...header, transactions: T.Array(TransactionJson, { description: 'The coinbase first.' }) },
  { additionalProperties: false, title: 'Block', description: 'A block as it stands in its file.' },
)
export type BlockJson = Static<typeof BlockJson>

/** The encoders know the shapes, their types do not say it. */
export function headerJson(header: BlockHeader): HeaderJson {
  return encodeHeaderJson(header) as unknown as HeaderJson
}

export function blockJson(block: Block): BlockJson {
  return encodeBlock(block) as unknown as BlockJson
}

/** A transaction with its place in a block. */
export const BlockTransaction = T.Object(
  { id: Hash, index: Index, transaction: TransactionJson },
  { additionalProperties: false },
)
export type BlockTransaction = Static<typeof BlockTransaction>

/** An input with what it spends; `address` and `amount` are null in a block beside the chain. */
export const InputJson = T.Object(
  {
    index: Index,
    transaction_id: Hash,
    output_index: Index,
    address: T.Union([Address, T.Null()]),
    amount: T.Union([Amount, T.Null()]),
  },
  { additionalProperties: false },
)
export type InputJson = Static<typeof InputJson>

export const OutputJson = T.Object(
  {
    index: Index,
    address: Address,
    amount: Amount,
    unspent: T.Boolean({
      description: 'Whether the chain holds it unspent; false in a block beside the chain.',
    }),
  },
  { additionalProperties: false },
)
export type OutputJson = Static<typeof OutputJson>

/** The end of a branch. */
export const TipJson = T.Object(
  {
    hash: Hash,
    height: Height,
    branch_length: T.Integer({
      minimum: 0,
      description: "Blocks since it left the chain; 0: the chain's own end.",
    }),
    status: T.Union([T.Literal('active'), T.Literal('valid'), T.Literal('headers'), T.Literal('invalid')], {
      description:
        "active: the chain's end; valid: held and not known to be wrong; headers: blocks are missing; invalid: breaks a rule, or was put aside.",
    }),
  },
  { additionalProperties: false },
)

/** Shows that a transaction stands in a block, to somebody who trusts the block's hash alone. */
export const ProofJson = T.Object(
  {
    transaction_id: Hash,
    index: Index,
    path: T.Array(Hash, { description: 'Neighbours on the way from the leaf to the merkle root.' }),
    header: HeaderJson,
  },
  { additionalProperties: false },
)
export type ProofJson = Static<typeof ProofJson>

/** What became of a block that was handed in. */
export const BlockVerdictJson = T.Object(
  {
    hash: Hash,
    height: Height,
    verdict: T.Union([T.Literal('connected'), T.Literal('side'), T.Literal('known')], {
      description: 'connected: on the chain; side: held beside it; known: it was held before.',
    }),
    tip: T.Union([BlockReference, T.Null()]),
  },
  { additionalProperties: false },
)
