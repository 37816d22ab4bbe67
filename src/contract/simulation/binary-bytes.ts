import type { Binary } from '../../ledger/payload/binary.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The one spelling of bytes: text where they are UTF-8, hex digits otherwise. */
export function binaryOf(bytes: Uint8Array): Binary {
  try {
    return { text: decoder.decode(bytes) }
  } catch {
    return { hex: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') }
  }
}

export function bytesOf(binary: Binary): Uint8Array {
  return 'text' in binary ? encoder.encode(binary.text) : Buffer.from(binary.hex, 'hex')
}
