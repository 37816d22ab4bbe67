import type { Block, HeaderFields } from '../../src/ledger/block.js'
import { BLOCK_VERSION } from '../../src/ledger/block.js'
import { chainOf } from '../../src/ledger/chain.js'
import type { Branch } from '../../src/ledger/check-header-in-branch.js'
import { deployment } from '../../src/ledger/contracts/lifecycle.js'
import { majorityOf } from '../../src/ledger/contracts/policy.js'
import { compactToTarget } from '../../src/ledger/difficulty.js'
import { sealHeader } from '../../src/ledger/header.js'
import { merkleRoot } from '../../src/ledger/merkle.js'
import type { Payload } from '../../src/ledger/payload/payload.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import { nextBits } from '../../src/ledger/retarget.js'
import { blockReward } from '../../src/ledger/reward.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import { endorsementMessage } from '../../src/ledger/signature-checks.js'
import type { Outpoint, Output, Transaction, UnsignedTransaction } from '../../src/ledger/transaction.js'
import { developmentWallet } from '../../src/wallet/development-accounts.js'
import type { KeyPair } from '../../src/wallet/keys.js'
import { signTransaction } from '../../src/wallet/sign-transaction.js'
import { settings } from './settings.js'

/** Tools to make blocks, right and wrong ones. Everything is deterministic: fixed keys, fixed times, nonces from 0 up. */

export const chain = chainOf(settings)

const wallet = await developmentWallet()

/** Keys of development account n. */
export function key(n: number): KeyPair {
  return wallet.account(n).keys
}

/** When block `height` is made. */
export function timeOf(height: number): number {
  return settings.genesisTime + (height + 1) * settings.blockTime * 1000
}

export interface Parts {
  readonly inputs?: readonly Outpoint[]
  readonly outputs?: readonly Output[]
  readonly fee?: number
  readonly payload?: Payload
  readonly timestamp?: number
  readonly chainId?: string
}

/** A transaction made at the time of block `height`, signed by accounts. */
export function transaction(height: number, parts: Parts, ...signers: readonly number[]): Transaction {
  return signTransaction(unsigned(height, parts), signers.map(key))
}

export function unsigned(height: number, parts: Parts): UnsignedTransaction {
  return {
    version: 1,
    chainId: chain.id,
    timestamp: timeOf(height),
    inputs: [],
    outputs: [],
    fee: 0,
    ...parts,
  }
}

export function pay(account: number, amount: number): Output {
  return { address: key(account).address, amount }
}

/** The n-th output of a transaction. */
export function coin({ id }: Transaction, outputIndex = 0): Outpoint {
  return { transactionId: id, outputIndex }
}

/** The coinbase of a block, paying account 0. */
export function coinbase(height: number, fees: number, parts: Parts = {}): Transaction {
  const outputs = [pay(0, blockReward(chain, height) + fees)]
  return sealTransaction(unsigned(height, { outputs, payload: { kind: 'coinbase', height }, ...parts }), [])
}

/** A block after `branch`: the coinbase is made unless the first transaction is one. */
export function block(
  branch: Branch | undefined,
  transactions: readonly Transaction[],
  fields: Partial<HeaderFields> = {},
): Block {
  const height = branch ? branch.parent.height + 1 : 0
  const fees = transactions.reduce((sum, { fee }) => sum + fee, 0)
  const hasCoinbase = transactions[0]?.payload?.kind === 'coinbase'
  const all = hasCoinbase ? transactions : [coinbase(height, fees), ...transactions]
  return frame(branch, all, fields)
}

/** A block with exactly these transactions. */
export function frame(
  branch: Branch | undefined,
  transactions: readonly Transaction[],
  fields: Partial<HeaderFields> = {},
): Block {
  const height = branch ? branch.parent.height + 1 : 0
  const header = {
    version: BLOCK_VERSION,
    height,
    previousHash: branch?.parent.hash ?? chain.id,
    merkleRoot: transactions.length > 0 ? merkleRoot(transactions.map(({ id }) => id)) : '0'.repeat(64),
    transactionCount: transactions.length,
    timestamp: timeOf(height),
    bits: nextBits(chain, branch),
    nonce: '0'.repeat(16),
    ...fields,
  } as const
  return { header: work(header, true), transactions }
}

/** Finds the first nonce with which the hash meets the target, or the first with which it does not. */
export function work(fields: HeaderFields, meets: boolean) {
  const target = compactToTarget(fields.bits) ?? 0n
  for (let nonce = 0; ; nonce++) {
    const header = sealHeader({ ...fields, nonce: nonce.toString(16).padStart(16, '0') })
    if (BigInt(`0x${header.hash}`) <= target === meets) return header
  }
}

/** The account that endorses calls of the reference chain's contract. */
const ENDORSER = 9

/** The deployment of the contract `garden` by account 0. */
export function deployGarden(id: string): InvocationPayload {
  const mspId = 'Terrarium'
  const nowhere = { worldValue: () => undefined, worldRange: () => [] }
  const deployed = deployment(nowhere, {
    name: 'garden',
    id: 'garden:1.0',
    version: '1.0',
    initRequired: false,
    organisations: [{ mspId, endorsers: [key(ENDORSER).publicKey], rootCertificates: [] }],
    endorsementPolicy: majorityOf([mspId]),
    collections: [],
    owner: key(0).address,
  })
  const creator = { mspId, credentials: key(0).publicKey }
  return { ...deployed, callId: id, creator, invoker: key(0).address }
}

/** A call of `garden`, endorsed by the account that may unless others are named. */
export function call(
  facts: Partial<InvocationPayload> & Pick<InvocationPayload, 'callId'>,
  ...endorsers: readonly number[]
): InvocationPayload {
  const unendorsed = {
    kind: 'invocation' as const,
    contract: 'garden',
    args: [{ text: 'plant' }],
    creator: { mspId: 'Terrarium', credentials: key(0).publicKey },
    invoker: key(0).address,
    reads: [],
    rangeReads: [],
    writes: [],
    response: { status: 200, message: '', payload: { text: '' } },
    ...facts,
  }
  const message = endorsementMessage(unendorsed)
  const endorsements = (endorsers.length > 0 ? endorsers : [ENDORSER])
    .map((n) => ({ publicKey: key(n).publicKey, signature: key(n).sign(message) }))
    .sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1))
  return { ...unendorsed, endorsements }
}

/** A call id that says which one it is. */
export function callId(n: number): string {
  return n.toString(16).padStart(64, '0')
}
