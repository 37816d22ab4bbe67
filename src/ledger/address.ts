import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { sha256 } from './sha256.js'

const ADDRESS = /^0x[0-9a-f]{40}$/

/** `0x` and the last 40 hex digits of SHA-256 of the public key (Ed25519, 64 hex digits). */
export function addressOfPublicKey(publicKey: string): string {
  return `0x${bytesToHex(sha256(hexToBytes(publicKey)).subarray(12))}`
}

/** Whether the text has the one spelling of an address. Whether anybody holds its key cannot be told. */
export function isAddress(text: unknown): text is string {
  return typeof text === 'string' && ADDRESS.test(text)
}
