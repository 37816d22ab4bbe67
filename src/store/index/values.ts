import type { Json } from '../../base/json.js'
import type { AddressEvent, AddressTotals } from '../../ledger/account.js'
import { decodeHeader } from '../../ledger/decode-header.js'
import { encodeHeader, HEADER_BYTES } from '../../ledger/header.js'
import type { TreeEntry } from '../../ledger/header-tree.js'
import type { Place } from '../../ledger/place.js'
import type { CoinPlace, UtxoEntry } from '../../ledger/utxo.js'
import type { ValidationCode } from '../../ledger/validation-code.js'
import { ADDRESS_BYTES, addressOf } from './keys.js'
import type { RecordEntry } from './record-tables.js'

const FLAG_BODY = 1
const FLAG_INVALID_ITSELF = 2
const FLAG_INVALID_ANCESTOR = 4

const LOW = 2 ** 32

/** As 64 bits in two halves: going through BigInt takes several times as long. */
function writeAmount(value: Buffer, amount: number, offset: number): void {
  value.writeUInt32BE(Math.floor(amount / LOW), offset)
  value.writeUInt32BE(amount % LOW, offset + 4)
}

function readAmount(value: Buffer, offset: number): number {
  return value.readUInt32BE(offset) * LOW + value.readUInt32BE(offset + 4)
}

/** Bytes that an amount takes when its leading zeros are left out. */
function lengthOf(amount: number): number {
  let bytes = 0
  for (let rest = amount; rest >= 1; rest = Math.floor(rest / 256)) bytes++
  return bytes
}

/** Without leading zeros: most amounts are far below the largest, and there are a great many of them. */
function writeShort(value: Buffer, amount: number, offset: number, bytes: number): void {
  let rest = amount
  for (let i = offset + bytes - 1; i >= offset; i--) {
    value[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
}

function readShort(value: Buffer, offset: number, end: number): number {
  let amount = 0
  for (let i = offset; i < end; i++) amount = amount * 256 + (value[i] ?? 0)
  return amount
}

/** The owner and, without leading zeros, the amount. Height and kind follow from the place that the entry is found by. */
export function encodeUtxo({ address, amount }: Pick<UtxoEntry, 'address' | 'amount'>): Buffer {
  const bytes = lengthOf(amount)
  const value = Buffer.allocUnsafe(ADDRESS_BYTES + bytes)
  value.write(address.slice(2), 0, ADDRESS_BYTES, 'hex')
  writeShort(value, amount, ADDRESS_BYTES, bytes)
  return value
}

export function decodeUtxo(value: Buffer, { height, index }: Pick<CoinPlace, 'height' | 'index'>): UtxoEntry {
  return {
    address: addressOf(value),
    amount: readShort(value, ADDRESS_BYTES, value.length),
    height,
    isCoinbase: index === 0,
  }
}

export function encodePlace({ height, index, code }: Place): Buffer {
  const value = Buffer.allocUnsafe(10)
  value.writeUInt32BE(height)
  value.writeUInt32BE(index, 4)
  value.writeUInt16BE(code, 8)
  return value
}

export function decodePlace(value: Buffer): Place {
  return {
    height: value.readUInt32BE(0),
    index: value.readUInt32BE(4),
    code: value.readUInt16BE(8) as ValidationCode,
  }
}

export function encodeTotals({ balance, unspentOutputs, transactions }: AddressTotals): Buffer {
  const value = Buffer.allocUnsafe(16)
  writeAmount(value, balance, 0)
  value.writeUInt32BE(unspentOutputs, 8)
  value.writeUInt32BE(transactions, 12)
  return value
}

export function decodeTotals(value: Buffer): AddressTotals {
  return {
    balance: readAmount(value, 0),
    unspentOutputs: value.readUInt32BE(8),
    transactions: value.readUInt32BE(12),
  }
}

/** How long the first amount is, then both, without leading zeros. */
export function encodeFlow(received: number, sent: number): Buffer {
  const [first, second] = [lengthOf(received), lengthOf(sent)]
  const value = Buffer.allocUnsafe(1 + first + second)
  value[0] = first
  writeShort(value, received, 1, first)
  writeShort(value, sent, 1 + first, second)
  return value
}

export function decodeFlow(value: Buffer): Pick<AddressEvent, 'received' | 'sent'> {
  const middle = 1 + (value[0] ?? 0)
  return { received: readShort(value, 1, middle), sent: readShort(value, middle, value.length) }
}

/** The header, its flags, its sequence number and its work, the last as long as it is. */
export function encodeTreeEntry({ header, work, sequence, hasBody, invalid }: TreeEntry): Buffer {
  const flags =
    (hasBody ? FLAG_BODY : 0) |
    (invalid === 'itself' ? FLAG_INVALID_ITSELF : 0) |
    (invalid === 'ancestor' ? FLAG_INVALID_ANCESTOR : 0)
  const numbers = Buffer.allocUnsafe(9)
  numbers[0] = flags
  numbers.writeBigUInt64BE(BigInt(sequence), 1)
  const digits = work.toString(16)
  return Buffer.concat([
    encodeHeader(header),
    numbers,
    Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'),
  ])
}

export function decodeTreeEntry(value: Buffer): TreeEntry {
  const flags = value[HEADER_BYTES] ?? 0
  return {
    header: decodeHeader(Uint8Array.from(value.subarray(0, HEADER_BYTES))),
    work: BigInt(`0x${value.toString('hex', HEADER_BYTES + 9)}`),
    sequence: Number(value.readBigUInt64BE(HEADER_BYTES + 1)),
    hasBody: (flags & FLAG_BODY) !== 0,
    ...(flags & FLAG_INVALID_ITSELF ? { invalid: 'itself' as const } : {}),
    ...(flags & FLAG_INVALID_ANCESTOR ? { invalid: 'ancestor' as const } : {}),
  }
}

const RECORD_INVOKER = 48
const RECORD_TEXT = RECORD_INVOKER + ADDRESS_BYTES

/** Numbers and hashes at fixed places, then the rest as JSON. */
export function encodeRecordEntry(entry: RecordEntry): Buffer {
  const { tag, payload, contract, invokedBy } = entry
  const text = JSON.stringify(contract === '' ? [tag, payload] : [tag, payload, contract, invokedBy])
  const value = Buffer.allocUnsafe(RECORD_TEXT + Buffer.byteLength(text))
  value.write(entry.transactionId, 0, 32, 'hex')
  value.writeUInt32BE(entry.height, 32)
  value.writeUInt32BE(entry.index, 36)
  value.writeDoubleBE(entry.timestamp, 40)
  value.write(entry.invoker.slice(2), RECORD_INVOKER, ADDRESS_BYTES, 'hex')
  value.write(text, RECORD_TEXT)
  return value
}

export function recordPlaceOf(value: Buffer): Pick<RecordEntry, 'height' | 'index'> {
  return { height: value.readUInt32BE(32), index: value.readUInt32BE(36) }
}

export function decodeRecordEntry(value: Buffer): RecordEntry {
  const text = value.toString('utf8', RECORD_TEXT)
  const [tag, payload, contract = '', invokedBy = ''] = JSON.parse(text) as [string, Json, string?, string?]
  return {
    transactionId: value.toString('hex', 0, 32),
    ...recordPlaceOf(value),
    timestamp: value.readDoubleBE(40),
    invoker: addressOf(value, RECORD_INVOKER),
    tag,
    payload,
    contract,
    invokedBy,
  }
}
