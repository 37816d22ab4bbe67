import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Json } from '../../src/base/json.js'
import { addressOfPublicKey } from '../../src/ledger/address.js'
import { BLOCK_VERSION, type Block, type BlockHeader } from '../../src/ledger/block.js'
import { type Chain, chainOf } from '../../src/ledger/chain.js'
import { sealHeader } from '../../src/ledger/header.js'
import { merkleRoot } from '../../src/ledger/merkle.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import type { Payload } from '../../src/ledger/payload/payload.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import type { Outpoint, Output, Transaction } from '../../src/ledger/transaction.js'

/** Well-formed things for tests of the state. Signatures are made up: the state is told they were verified. */

export const REWARD = 1000
export const START = 1_700_000_000_000

export function testChain(changes: Partial<ConsensusSettings> = {}): Chain {
  return chainOf({
    name: 'state-test',
    blockTime: 10,
    blockReward: REWARD,
    coinbaseMaturity: 1,
    powLimitBits: 0x207fffff,
    retarget: 'none',
    halfLifeBlocks: 20,
    genesisTime: START,
    maxFutureMs: 60_000,
    maxTransactionAgeMs: 100_000,
    maxBlockBytes: 1_000_000,
    maxTransactionBytes: 100_000,
    maxTransactionParts: 1000,
    ...changes,
  })
}

export function hashText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** A public key that stands for a name, and its address. */
export function keyOf(name: string): string {
  return hashText(`key of ${name}`)
}

export function addressOf(name: string): string {
  return addressOfPublicKey(keyOf(name))
}

export interface TransactionParts {
  readonly inputs?: readonly Outpoint[]
  readonly outputs?: readonly Output[]
  readonly fee?: number
  readonly payload?: Payload
  /** Names of the signers. */
  readonly by?: readonly string[]
  readonly timestamp?: number
}

export function transactionOf(chain: Chain, parts: TransactionParts): Transaction {
  const { inputs = [], outputs = [], fee = 0, payload, by = [], timestamp = START } = parts
  const keys = by.map(keyOf).sort()
  const unsigned = { version: 1, chainId: chain.id, timestamp, inputs, outputs, fee } as const
  return sealTransaction(
    payload ? { ...unsigned, payload } : unsigned,
    keys.map((publicKey) => ({ publicKey, signature: '00'.repeat(64) })),
  )
}

export function outputTo(name: string, amount: number): Output {
  return { address: addressOf(name), amount }
}

export function outpointOf({ id: transactionId }: Transaction, outputIndex = 0): Outpoint {
  return { transactionId, outputIndex }
}

/** Moves all that output `index` of `from` holds but the fee to one or more names, in equal parts. */
export function transferOf(
  chain: Chain,
  from: Transaction,
  by: string,
  to: readonly string[],
  fee = 0,
  index = 0,
): Transaction {
  const held = from.outputs[index]?.amount ?? 0
  const share = Math.floor((held - fee) / to.length)
  const outputs = to.map((name) => outputTo(name, share))
  return transactionOf(chain, {
    inputs: [outpointOf(from, index)],
    outputs,
    fee: held - share * to.length,
    by: [by],
  })
}

export function recordOf(chain: Chain, by: string, tag: string, timestamp = START): Transaction {
  const payload = { kind: 'record', txnType: 'note', tag, payload: {}, invoker: addressOf(by) } as const
  return transactionOf(chain, { payload, by: [by], timestamp })
}

/** What the contract `c` of `by` made of `invokedBy`. */
export function outputOf(
  chain: Chain,
  by: string,
  invokedBy: string,
  result: Json = null,
  timestamp = START,
  txnType = 'note',
): Transaction {
  const payload = {
    kind: 'output',
    txnType,
    tag: '',
    payload: result,
    invoker: addressOf(by),
    contract: 'c',
    invokedBy,
  } as const
  return transactionOf(chain, { payload, by: [by], timestamp })
}

/** A call without inputs by `by`; what it read and wrote is told in `changes`. */
export function callOf(
  chain: Chain,
  by: string,
  callName: string,
  changes: Partial<InvocationPayload>,
  timestamp = START,
): Transaction {
  return transactionOf(chain, { payload: callPayload(by, callName, changes), by: [by], timestamp })
}

export function callPayload(
  by: string,
  callName: string,
  changes: Partial<InvocationPayload>,
): InvocationPayload {
  return {
    kind: 'invocation',
    contract: 'c',
    callId: hashText(callName),
    args: [],
    creator: { mspId: 'Org1MSP', credentials: 'someone' },
    invoker: addressOf(by),
    reads: [],
    rangeReads: [],
    writes: [],
    response: { status: 200, message: '', payload: { text: '' } },
    endorsements: [],
    ...changes,
  }
}

export interface BlockParts {
  readonly transactions?: readonly Transaction[]
  /** Name of who gets the reward. */
  readonly to?: string
  readonly timestamp?: number
  readonly bits?: number
  /** What the coinbase pays, where it is not reward and fees. */
  readonly pays?: number
  readonly nonce?: number
}

export function blockOf(chain: Chain, parent: BlockHeader | undefined, parts: BlockParts = {}): Block {
  const { transactions = [], to = 'miner', bits = chain.settings.powLimitBits, nonce = 0 } = parts
  const height = parent ? parent.height + 1 : 0
  const timestamp = parts.timestamp ?? START + height * 1000
  const fees = transactions.reduce((sum, { fee }) => sum + fee, 0)
  const pays = parts.pays ?? chain.settings.blockReward + fees
  const coinbase = transactionOf(chain, {
    outputs: pays > 0 ? [outputTo(to, pays)] : [],
    payload: { kind: 'coinbase', height },
    timestamp,
  })
  const all = [coinbase, ...transactions]
  const header = sealHeader({
    version: BLOCK_VERSION,
    height,
    previousHash: parent?.hash ?? chain.id,
    merkleRoot: merkleRoot(all.map(({ id }) => id)),
    transactionCount: all.length,
    timestamp,
    bits,
    nonce: nonce.toString(16).padStart(16, '0'),
  })
  return { header, transactions: all }
}

export function coinbaseOf({ transactions: [first] }: Block): Transaction {
  if (!first) throw new Error('a block has a coinbase')
  return first
}
