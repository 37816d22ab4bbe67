import { assert } from '../base/errors.js'

const MANTISSA_BITS = 23n
const SPACE = 1n << 256n

/**
 * The target a compact form stands for: a byte that counts the target's bytes, then its three leading bytes.
 * Undefined unless positive, below 2^256 and in the one form `targetToCompact` gives.
 */
export function compactToTarget(bits: number): bigint | undefined {
  if (!Number.isInteger(bits) || bits < 0 || bits > 0xffffffff) return undefined
  const shift = 8n * BigInt((bits >>> 24) - 3)
  const mantissa = BigInt(bits & 0xffffff)
  const target = shift >= 0n ? mantissa << shift : mantissa >> -shift
  if (target <= 0n || target >= SPACE) return undefined
  return targetToCompact(target) === bits ? target : undefined
}

/** The compact form of a target, rounded down to the three leading bytes it keeps. The sign bit is never set. */
export function targetToCompact(target: bigint): number {
  assert(target > 0n && target < SPACE, 'a target lies between 1 and 2^256 - 1')
  let size = Math.ceil(target.toString(16).length / 2)
  const shift = 8n * BigInt(size - 3)
  let mantissa = shift >= 0n ? target >> shift : target << -shift
  if (mantissa >> MANTISSA_BITS !== 0n) {
    mantissa >>= 8n
    size += 1
  }
  return size * 0x1000000 + Number(mantissa)
}

/** Hashes a block at this target stands for on average; what fork choice adds up. */
export function workOfTarget(target: bigint): bigint {
  return SPACE / (target + 1n)
}

const RADIX_BITS = 16n

/** Doublings after which any target has left the space of targets; keeps an absurd timestamp from costing memory. */
const MOST_DOUBLINGS = 256n

/**
 * `anchor * 2^(behindMs / halfLifeMs)` in fixed point (aserti3-2d): a cubic stands in for the fractional power of two.
 * At least 1; 2^256 stands for all that is larger.
 */
export function asertTarget(anchor: bigint, behindMs: bigint, halfLifeMs: bigint): bigint {
  if (behindMs >= MOST_DOUBLINGS * halfLifeMs) return SPACE
  const exponent = (behindMs << RADIX_BITS) / halfLifeMs
  const whole = (exponent >> RADIX_BITS) - RADIX_BITS
  const part = BigInt.asUintN(Number(RADIX_BITS), exponent)
  const cubic = 195766423245049n * part + 971821376n * part ** 2n + 5127n * part ** 3n + (1n << 47n)
  const scaled = anchor * ((1n << RADIX_BITS) + (cubic >> 48n))
  const target = whole < 0n ? scaled >> -whole : scaled << whole
  if (target > SPACE) return SPACE
  return target > 0n ? target : 1n
}
