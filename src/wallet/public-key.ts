/** 32 bytes as lower-case hex. */
const PUBLIC_KEY = /^[0-9a-f]{64}$/

/** The field element is 2^255 - 19 or more: a second spelling of one of the 19 smallest. The top bit is a sign. */
const UNREDUCED = /^(?:e[d-f]|f[0-9a-f])(?:ff){30}[7f]f$/

/**
 * Every reduced spelling of the eight points of small order. OpenSSL accepts them as keys, and with them anyone can
 * make signatures without a secret: for the first, the identity, one signature verifies every message.
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  // Order 1, and again with the sign of a zero.
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  // Order 2, and again with the sign of a zero.
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  // Order 4.
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  // Order 8.
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
])

/**
 * Whether the text is a public key in its one spelling: lower-case hex, reduced, of no small order. That the bytes are
 * a point of the curve at all shows only when a signature is verified.
 */
export function isPublicKey(text: string): boolean {
  return PUBLIC_KEY.test(text) && !UNREDUCED.test(text) && !SMALL_ORDER.has(text)
}
