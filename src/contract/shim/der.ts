/** A value in DER: its tag byte, and its bytes without tag and length. */
export interface DerValue {
  readonly tag: number
  readonly bytes: Buffer
}

const LONG_FORM = 0x80

function unreadable(): never {
  throw new Error('Cannot read X.509 certificate: it is not DER')
}

/** The values that stand one after the other in these bytes. @throws {Error} where they are cut off */
export function derValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] as number
    const { start, length } = lengthAt(bytes, at + 1)
    if (start + length > bytes.length) unreadable()
    values.push({ tag, bytes: bytes.subarray(start, start + length) })
    at = start + length
  }
  return values
}

function lengthAt(bytes: Buffer, at: number): { readonly start: number; readonly length: number } {
  const first = bytes[at] ?? unreadable()
  if (first < LONG_FORM) return { start: at + 1, length: first }
  const size = first - LONG_FORM
  if (size === 0 || size > 4 || at + 1 + size > bytes.length) unreadable()
  return { start: at + 1 + size, length: bytes.readUIntBE(at + 1, size) }
}

/** An object identifier with dots. */
export function objectId(bytes: Buffer): string {
  const first = bytes[0] ?? unreadable()
  const parts = [Math.floor(first / 40), first % 40]
  let part = 0
  for (const byte of bytes.subarray(1)) {
    part = part * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    parts.push(part)
    part = 0
  }
  return parts.join('.')
}
