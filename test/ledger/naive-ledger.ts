import type { Block } from '../../src/ledger/block.js'
import type { Chain } from '../../src/ledger/chain.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import { type OutputPayload, outputId } from '../../src/ledger/payload/output.js'
import type { RangeRead } from '../../src/ledger/payload/key-access.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { addressOf } from './make-chain.js'

/** The state after some blocks, computed anew from all of them in the plainest way. */
export interface NaiveState {
  readonly coins: Record<string, { address: string; amount: number; height: number; isCoinbase: boolean }>
  readonly world: {
    namespace: string
    key: string
    value: unknown
    version: { height: number; index: number }
  }[]
  readonly ids: string[]
  readonly calls: string[]
  /** Of each block. */
  readonly outcomes: number[][]
}

/** Undefined when a block breaks a rule of the state. */
export function replay(blocks: readonly Block[], chain: Chain): NaiveState | undefined {
  const state: NaiveState = { coins: {}, world: [], ids: [], calls: [], outcomes: [] }
  for (const block of blocks) if (!applyBlock(state, block, chain)) return undefined
  return state
}

function applyBlock(state: NaiveState, { header, transactions }: Block, chain: Chain): boolean {
  const codes: number[] = []
  let fees = 0
  for (const [index, transaction] of transactions.entries()) {
    if (index > 0 && !spend(state, transaction, header.height, chain)) return false
    if (state.ids.includes(transaction.id)) return false
    state.ids.push(transaction.id)
    transaction.outputs.forEach(({ address, amount }, i) => {
      state.coins[`${transaction.id}:${i}`] = {
        address,
        amount,
        height: header.height,
        isCoinbase: index === 0,
      }
    })
    fees += transaction.fee
    codes.push(call(state, transaction, header.height, index))
  }
  state.outcomes.push(codes)
  const paid = transactions[0]?.outputs.reduce((sum, { amount }) => sum + amount, 0)
  return paid === chain.settings.blockReward + fees
}

function spend(state: NaiveState, transaction: Transaction, height: number, chain: Chain): boolean {
  let held = 0
  const owners: string[] = []
  for (const { transactionId, outputIndex } of transaction.inputs) {
    const coin = state.coins[`${transactionId}:${outputIndex}`]
    if (!coin) return false
    if (coin.isCoinbase && height < coin.height + 1 + chain.settings.coinbaseMaturity) return false
    held += coin.amount
    owners.push(coin.address)
    Reflect.deleteProperty(state.coins, `${transactionId}:${outputIndex}`)
  }
  const given = transaction.outputs.reduce((sum, { amount }) => sum + amount, transaction.fee)
  const { payload } = transaction
  if (payload && payload.kind !== 'coinbase') owners.push(payload.invoker)
  // In the model only miner signs alone, so that who signed is told by the number of signatures.
  const signed = owners.every((owner) => owner === addressOf('miner')) && transaction.signatures.length === 1
  return held === given && signed
}

function call(state: NaiveState, { payload }: Transaction, height: number, index: number): number {
  if (payload?.kind === 'output') return output(state, payload)
  if (payload?.kind !== 'invocation') return 0
  const code = codeOf(state, payload)
  if (code !== 0) return code
  state.calls.push(payload.callId)
  for (const { namespace, key, value } of payload.writes) {
    const at = state.world.findIndex((entry) => entry.namespace === namespace && entry.key === key)
    if (at >= 0) state.world.splice(at, 1)
    if (value) state.world.push({ namespace, key, value, version: { height, index } })
  }
  return 0
}

function output(state: NaiveState, payload: OutputPayload): number {
  const id = outputId(payload)
  if (state.calls.includes(id)) return 9
  state.calls.push(id)
  return 0
}

function codeOf(state: NaiveState, payload: InvocationPayload): number {
  if (state.calls.includes(payload.callId)) return 9
  if (payload.contract === 'unendorsed') return 10
  for (const { namespace, key, version } of payload.reads) {
    const entry = state.world.find((each) => each.namespace === namespace && each.key === key)
    if (JSON.stringify(entry?.version ?? null) !== JSON.stringify(version)) return 11
  }
  return payload.rangeReads.every((range) => holds(state, range)) ? 0 : 12
}

function holds(state: NaiveState, range: RangeRead): boolean {
  const last = range.results.at(-1)?.key
  const now = rangeOf(state, range).filter(
    ({ key }) =>
      range.exhausted || (last !== undefined && Buffer.compare(Buffer.from(key), Buffer.from(last)) <= 0),
  )
  return JSON.stringify(now) === JSON.stringify(range.results)
}

/** The entries of a range, by the bytes of their keys. */
export function rangeOf(
  state: NaiveState,
  { namespace, start, end }: { readonly namespace: string; readonly start: string; readonly end: string },
): { readonly key: string; readonly version: { readonly height: number; readonly index: number } }[] {
  return state.world
    .filter((entry) => entry.namespace === namespace)
    .filter(({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(start)) >= 0)
    .filter(({ key }) => end === '' || Buffer.compare(Buffer.from(key), Buffer.from(end)) < 0)
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    .map(({ key, version }) => ({ key, version }))
}
