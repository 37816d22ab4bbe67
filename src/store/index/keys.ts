import type { Outpoint } from '../../ledger/transaction.js'

/** Keys of the index: fixed-width binary, integers big-endian, so that LMDB's byte order is the order wanted. */

export function hashKey(hash: string): Buffer {
  return Buffer.from(hash, 'hex')
}

export function heightKey(height: number): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(height)
  return key
}

export function outpointKey({ transactionId, outputIndex }: Outpoint): Buffer {
  return writeOutpoint(Buffer.allocUnsafe(36), 0, transactionId, outputIndex)
}

function writeOutpoint(key: Buffer, offset: number, transactionId: string, outputIndex: number): Buffer {
  key.write(transactionId, offset, 32, 'hex')
  key.writeUInt32BE(outputIndex, offset + 32)
  return key
}

export function outpointOf(key: Buffer, offset = 0): Outpoint {
  return {
    transactionId: key.toString('hex', offset, offset + 32),
    outputIndex: key.readUInt32BE(offset + 32),
  }
}

export const ADDRESS_BYTES = 20

export function addressKey(address: string): Buffer {
  return Buffer.from(address.slice(2), 'hex')
}

export function addressOf(key: Buffer, offset = 0): string {
  return `0x${key.toString('hex', offset, offset + ADDRESS_BYTES)}`
}

/** An address' unspent outputs stand together, by outpoint. */
export function addressOutpointKey(address: string, { transactionId, outputIndex }: Outpoint): Buffer {
  const key = Buffer.allocUnsafe(ADDRESS_BYTES + 36)
  key.write(address.slice(2), 0, ADDRESS_BYTES, 'hex')
  return writeOutpoint(key, ADDRESS_BYTES, transactionId, outputIndex)
}

/** An address' transactions stand together, in chain order. */
export function addressPlaceKey(address: string, height: number, index: number): Buffer {
  const key = Buffer.allocUnsafe(ADDRESS_BYTES + 8)
  key.write(address.slice(2), 0, ADDRESS_BYTES, 'hex')
  key.writeUInt32BE(height, ADDRESS_BYTES)
  key.writeUInt32BE(index, ADDRESS_BYTES + 4)
  return key
}

const MAX_BALANCE = (1n << 64n) - 1n

/** Addresses by balance, the richest first. */
export function wealthKey(balance: number, address: string): Buffer {
  const key = Buffer.allocUnsafe(8 + ADDRESS_BYTES)
  key.writeBigUInt64BE(MAX_BALANCE - BigInt(balance))
  key.write(address.slice(2), 8, ADDRESS_BYTES, 'hex')
  return key
}

/** A world state key; the namespace' length first, so that no two pairs share a key and a namespace stands together. */
export function worldKey(namespace: string, key: string): Buffer {
  const space = Buffer.from(namespace, 'utf8')
  return Buffer.concat([Buffer.of(space.length), space, Buffer.from(key, 'utf8')])
}

/** First key after all that start with `prefix`. */
export function afterPrefix(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix)
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i] !== 0xff) {
      end[i] = (end[i] as number) + 1
      return end.subarray(0, i + 1)
    }
  }
  return Buffer.alloc(64, 0xff)
}
