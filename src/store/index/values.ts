import type { AddressEvent, AddressTotals } from '../../ledger/account.js'
import { decodeHeader } from '../../ledger/decode-header.js'
import { encodeHeader, HEADER_BYTES } from '../../ledger/header.js'
import type { TreeEntry } from '../../ledger/header-tree.js'
import type { Place } from '../../ledger/place.js'
import type { UtxoEntry } from '../../ledger/utxo.js'
import type { ValidationCode } from '../../ledger/validation-code.js'
import { ADDRESS_BYTES, addressOf } from './keys.js'

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

export function encodeUtxo({ address, amount, height, isCoinbase }: UtxoEntry): Buffer {
  const value = Buffer.allocUnsafe(33)
  value.write(address.slice(2), 0, ADDRESS_BYTES, 'hex')
  writeAmount(value, amount, 20)
  value.writeUInt32BE(height, 28)
  value[32] = isCoinbase ? 1 : 0
  return value
}

export function decodeUtxo(value: Buffer): UtxoEntry {
  return {
    address: addressOf(value),
    amount: readAmount(value, 20),
    height: value.readUInt32BE(28),
    isCoinbase: value[32] === 1,
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

export function encodeFlow(id: string, received: number, sent: number): Buffer {
  const value = Buffer.allocUnsafe(48)
  value.write(id, 0, 32, 'hex')
  writeAmount(value, received, 32)
  writeAmount(value, sent, 40)
  return value
}

export function decodeFlow(value: Buffer): Pick<AddressEvent, 'id' | 'received' | 'sent'> {
  return {
    id: value.toString('hex', 0, 32),
    received: readAmount(value, 32),
    sent: readAmount(value, 40),
  }
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
