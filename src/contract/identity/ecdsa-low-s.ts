/** Half the order of each curve's group, rounded down, big-endian. */
const HALF_ORDERS: Readonly<Record<string, Buffer>> = {
  prime256v1: Buffer.from('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8', 'hex'),
  secp384r1: Buffer.from(
    '7fffffffffffffffffffffffffffffffffffffffffffffffe3b1a6c0fa1b96efac0d06d9245853bd76760cb5666294b9',
    'hex',
  ),
}

const SEQUENCE = 0x30
const INTEGER = 0x02

/**
 * Whether the second half S of a DER signature is the smaller of the two that a signature can have. The other one would
 * satisfy a verifier as well, and give anybody a second spelling of somebody's signature. False also for what is no DER.
 */
export function hasLowS(signature: Uint8Array, curve: string): boolean {
  const half = HALF_ORDERS[curve]
  const s = half && secondInteger(signature)
  if (!s || s.length > half.length) return false
  const padded = Buffer.alloc(half.length)
  padded.set(s, half.length - s.length)
  return padded.compare(half) <= 0
}

/** A signature made by node:crypto, DER, with the smaller S. */
export function withLowS(signature: Uint8Array, curve: string): Uint8Array {
  const half = HALF_ORDERS[curve]
  const s = half && secondInteger(signature)
  if (!s || hasLowS(signature, curve)) return signature
  // The orders are odd.
  const order = 2n * numberOf(half) + 1n
  const low = derInteger(order - numberOf(s))
  const first = signature.subarray(2, 4 + (signature[3] ?? 0))
  return Buffer.concat([Buffer.from([SEQUENCE, first.length + low.length]), first, low])
}

/** S without its leading zero; all lengths here fit one byte. */
function secondInteger(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der[2] !== INTEGER) return undefined
  const at = 4 + (der[3] ?? 0)
  if (der[at] !== INTEGER || der[at + 1] !== der.length - at - 2) return undefined
  const s = der.subarray(at + 2)
  return s[0] === 0 ? s.subarray(1) : s
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  const sign = (bytes[0] ?? 0) >= 0x80 ? [0] : []
  return Buffer.from([INTEGER, sign.length + bytes.length, ...sign, ...bytes])
}
