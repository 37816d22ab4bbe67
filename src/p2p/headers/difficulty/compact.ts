const SIGN = 0x80_0000
const MANTISSA = 0x7f_ffff
const TARGET_BYTES = 32

/**
 * The target that header bits stand for: three digits to the base 256 and how many digits the whole number has.
 * @returns 0n where the bits stand for no target: negative, zero, or more than 256 bits
 */
export function targetOfBits(bits: number): bigint {
  const digits = bits >>> 24
  const mantissa = bits & MANTISSA
  if ((bits & SIGN) !== 0) return 0n
  if (digits <= 3) return BigInt(mantissa >>> (8 * (3 - digits)))
  const target = BigInt(mantissa) << BigInt(8 * (digits - 3))
  return target >> 256n === 0n ? target : 0n
}

/** The shortest bits for a target; digits beyond the first three (fewer where the sign would be hit) are lost. */
export function bitsOfTarget(target: bigint): number {
  let digits = target === 0n ? 0 : (target.toString(16).length + 1) >> 1
  let mantissa = Number(digits <= 3 ? target << BigInt(8 * (3 - digits)) : target >> BigInt(8 * (digits - 3)))
  if ((mantissa & SIGN) !== 0) {
    mantissa >>>= 8
    digits++
  }
  return ((digits << 24) | mantissa) >>> 0
}

/** The target of valid bits as 32 bytes in internal order, written without big numbers. */
export function writeTarget(bits: number, into: Uint8Array): void {
  into.fill(0)
  const digits = bits >>> 24
  for (let i = 0; i < 3; i++) {
    const position = digits - 3 + i
    if (position >= 0 && position < TARGET_BYTES) into[position] = (bits >>> (8 * i)) & 0xff
  }
}
