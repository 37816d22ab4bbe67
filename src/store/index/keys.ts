import type { Place } from '../../ledger/place.js'
import type { CoinPlace } from '../../ledger/utxo.js'

/**
 * Keys of the index: fixed-width binary, integers big-endian, so that LMDB's byte order is the order wanted. Wherever a
 * transaction is meant, its place in the chain stands for its id: that is a quarter as long, and what a block adds stands
 * together at the end of a table instead of all over it.
 */

export function hashKey(hash: string): Buffer {
  return Buffer.from(hash, 'hex')
}

export function heightKey(height: number): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(height)
  return key
}

const PLACE_BYTES = 8

export function placeKey({ height, index }: Pick<Place, 'height' | 'index'>): Buffer {
  return writePlace(Buffer.allocUnsafe(PLACE_BYTES), 0, height, index)
}

function writePlace(key: Buffer, offset: number, height: number, index: number): Buffer {
  key.writeUInt32BE(height, offset)
  key.writeUInt32BE(index, offset + 4)
  return key
}

export function coinKey({ height, index, outputIndex }: CoinPlace): Buffer {
  const key = writePlace(Buffer.allocUnsafe(PLACE_BYTES + 4), 0, height, index)
  key.writeUInt32BE(outputIndex, PLACE_BYTES)
  return key
}

export function coinPlaceOf(key: Buffer, offset = 0): CoinPlace {
  return {
    height: key.readUInt32BE(offset),
    index: key.readUInt32BE(offset + 4),
    outputIndex: key.readUInt32BE(offset + PLACE_BYTES),
  }
}

export const ADDRESS_BYTES = 20

export function addressKey(address: string): Buffer {
  return Buffer.from(address.slice(2), 'hex')
}

export function addressOf(key: Buffer, offset = 0): string {
  return `0x${key.toString('hex', offset, offset + ADDRESS_BYTES)}`
}

/** What a key of an address' own starts with: the address' part of it is written, the rest is the caller's. */
function ofAddress(address: string, bytes: number): Buffer {
  const key = Buffer.allocUnsafe(ADDRESS_BYTES + bytes)
  key.write(address.slice(2), 0, ADDRESS_BYTES, 'hex')
  return key
}

/** An address' unspent outputs stand together, in chain order. */
export function addressCoinKey(address: string, { height, index, outputIndex }: CoinPlace): Buffer {
  const key = writePlace(ofAddress(address, PLACE_BYTES + 4), ADDRESS_BYTES, height, index)
  key.writeUInt32BE(outputIndex, ADDRESS_BYTES + PLACE_BYTES)
  return key
}

/** An address' transactions stand together, in chain order. */
export function addressPlaceKey(address: string, height: number, index: number): Buffer {
  return writePlace(ofAddress(address, PLACE_BYTES), ADDRESS_BYTES, height, index)
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

/** What the history of a key starts with; the key's length comes before it, so that no key's history holds another's. */
export function historyPrefix(namespace: string, key: string): Buffer {
  const [space, name] = [Buffer.from(namespace, 'utf8'), Buffer.from(key, 'utf8')]
  const length = Buffer.allocUnsafe(2)
  length.writeUInt16BE(name.length)
  return Buffer.concat([Buffer.of(space.length), space, length, name])
}

/** A key's writes stand together, in chain order. */
export function historyKey(namespace: string, key: string, place: Pick<Place, 'height' | 'index'>): Buffer {
  return Buffer.concat([historyPrefix(namespace, key), placeKey(place)])
}

/** What the records of a type start with; the type's length comes first, so that none stand among another's. */
export function recordPrefix(kind: 'record' | 'output', txnType: string): Buffer {
  const type = Buffer.from(txnType, 'utf8')
  return Buffer.concat([Buffer.of(kind === 'record' ? 0 : 1, type.length), type])
}

/** The records of a type stand together, in chain order. */
export function recordKey(prefix: Buffer, ordinal: number): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + 4)
  prefix.copy(key)
  key.writeUInt32BE(ordinal, prefix.length)
  return key
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
