import type { Family } from '../family.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** Something a peer has, wants or lacks: the layout of `inv`, `getdata` and `notfound`. */
export interface InvItem {
  /** A number of {@link INV}, or one that nobody here knows. */
  readonly type: number
  /** 32 bytes in internal order: a view of the payload. */
  readonly hash: Uint8Array
}

/** Kinds of things; `witnessFlag` is added to ask for witnesses (BTC). */
export const INV = {
  tx: 1,
  block: 2,
  filteredBlock: 3,
  compactBlock: 4,
  /** BTC: a transaction named by the hash that covers its witness. */
  witnessTxId: 5,
  /** BSV: a transaction that carries data for miners. */
  dataTx: 5,
  witnessFlag: 0x4000_0000,
} as const

/** The most items of one message. */
export const MAX_INV_ITEMS = 50_000

const ITEM_BYTES = 36

const COMMON_NAMES = ['ERROR', 'TX', 'BLOCK', 'FILTERED_BLOCK', 'CMPCT_BLOCK']

/** What people call a kind, for example BLOCK, WTX or WITNESS_BLOCK; unknown ones are their number. */
export function invTypeName(type: number, family: Family): string {
  if (family === 'btc' && (type & INV.witnessFlag) !== 0)
    return `WITNESS_${invTypeName(type & ~INV.witnessFlag, family)}`
  if (type === INV.witnessTxId && family === 'btc') return 'WTX'
  if (type === INV.dataTx && family === 'bsv') return 'DATAREF_TX'
  return COMMON_NAMES[type] ?? String(type)
}

/** The kind to ask a peer for when the whole block is wanted, witnesses included where there are any. */
export function wholeBlockType(family: Family): number {
  return family === 'btc' ? INV.block + INV.witnessFlag : INV.block
}

/** The kind to ask a peer for when the whole transaction is wanted, witnesses included where there are any. */
export function wholeTxType(family: Family): number {
  return family === 'btc' ? INV.tx + INV.witnessFlag : INV.tx
}

/** Most items that a message of `payloadBytes` can hold. */
export function invCapacity(payloadBytes: number): number {
  return Math.max(0, Math.min(MAX_INV_ITEMS, Math.floor((payloadBytes - 8) / ITEM_BYTES)))
}

export function encodeInv(items: readonly InvItem[]): Uint8Array {
  const writer = new ByteWriter(3 + items.length * ITEM_BYTES).compactSize(items.length)
  for (const { type, hash } of items) writer.u32(type).hash(hash)
  return writer.finish()
}

export function decodeInv(payload: Uint8Array): InvItem[] {
  const reader = new ByteReader(payload)
  const count = reader.count(MAX_INV_ITEMS, ITEM_BYTES)
  const items = new Array<InvItem>(count)
  for (let index = 0; index < count; index++) items[index] = { type: reader.u32(), hash: reader.hash() }
  reader.end()
  return items
}
