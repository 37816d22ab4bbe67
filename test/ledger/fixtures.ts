import { readFileSync } from 'node:fs'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { Json } from '../../src/base/json.js'
import { addressOfPublicKey } from '../../src/ledger/address.js'
import { type Chain, chainOf } from '../../src/ledger/chain.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import { sealTransaction, transactionId } from '../../src/ledger/seal-transaction.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import { signatureMessage } from '../../src/ledger/signature-checks.js'
import type { VerifySignature } from '../../src/ledger/signature.js'
import type { Transaction, UnsignedTransaction } from '../../src/ledger/transaction.js'

/** The settings that common/vectors/ledger is made with. */
export const settings: ConsensusSettings = {
  name: 'vectors',
  blockTime: 10,
  blockReward: 150_000_000,
  coinbaseMaturity: 2,
  powLimitBits: 0x207fffff,
  retarget: 'asert',
  halfLifeBlocks: 12,
  genesisTime: 1_700_000_000_000,
  maxFutureMs: 60_000,
  maxTransactionAgeMs: 3_600_000,
  maxBlockBytes: 1_000_000,
  maxTransactionBytes: 100_000,
  maxTransactionParts: 200,
}

export const chain: Chain = chainOf(settings)

/** Reads a file of common/vectors/ledger; its `comment` member says what it holds. */
export function vectors(file: string): unknown {
  const url = new URL(`../../common/vectors/ledger/${file}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}

export interface TransactionVector {
  readonly name: string
  readonly transaction: Record<string, Json>
  readonly id: string
  readonly bytes: number
  readonly signature_message: string
  readonly endorsement_message?: string
  readonly output_id?: string
}

const transactionVectors = (vectors('transactions') as { transactions: TransactionVector[] }).transactions

export function vectorOf(name: string): TransactionVector {
  const found = transactionVectors.find((each) => each.name === name)
  if (!found) throw new Error(`no vector is named ${name}`)
  return found
}

/** The JSON of a transaction of the vectors, as a copy that a test may change. */
export function vectorJson(name: string): Record<string, Json> {
  return structuredClone(vectorOf(name).transaction)
}

/** A copy of `json` with the value at `path` replaced, or with it removed where `value` is undefined. */
export function changed(json: Json, path: readonly (string | number)[], value: Json | undefined): Json {
  const copy = structuredClone(json)
  const parent = path.slice(0, -1).reduce((at, step) => (at as Record<string, Json>)[step] as Json, copy)
  const last = path.at(-1) as string
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (value === undefined) Reflect.deleteProperty(parent as object, last)
  else (parent as Record<string, Json>)[last] = value
  return copy
}

/** The number of the rule that `action` breaks; undefined when it breaks none. Any other error is passed on. */
export function ruleBrokenBy(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof RuleError) return error.rule
    throw error
  }
}

const PKCS8_PREFIX = '302e020100300506032b657004220420'
const SPKI_PREFIX = '302a300506032b6570032100'

export interface Key {
  readonly publicKey: string
  readonly address: string
  sign(message: Uint8Array): string
}

/** The key whose private seed is `n` 32 times, as in addresses.json. */
export function keyOf(n: number): Key {
  const der = Buffer.from(PKCS8_PREFIX + Buffer.alloc(32, n).toString('hex'), 'hex')
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const publicKey = spki.subarray(-32).toString('hex')
  return {
    publicKey,
    address: addressOfPublicKey(publicKey),
    sign: (message) => sign(null, message, privateKey).toString('hex'),
  }
}

export const verifyEd25519: VerifySignature = (publicKey, message, signature) => {
  const key = createPublicKey({
    key: Buffer.from(SPKI_PREFIX + publicKey, 'hex'),
    format: 'der',
    type: 'spki',
  })
  return verify(null, message, key, Buffer.from(signature, 'hex'))
}

/** Signs with all keys and seals. */
export function signed(unsigned: UnsignedTransaction, ...keys: readonly Key[]): Transaction {
  const message = signatureMessage(transactionId(unsigned))
  const sorted = [...keys].sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1))
  return sealTransaction(
    unsigned,
    sorted.map((key) => ({ publicKey: key.publicKey, signature: key.sign(message) })),
  )
}

/** A transfer that lacks nothing but signatures. */
export function transfer(changes: Partial<UnsignedTransaction> = {}): UnsignedTransaction {
  return {
    version: 1,
    chainId: chain.id,
    timestamp: settings.genesisTime,
    inputs: [{ transactionId: '11'.repeat(32), outputIndex: 0 }],
    outputs: [{ address: keyOf(2).address, amount: 10 }],
    fee: 1,
    ...changes,
  }
}
