import { deflateSync, inflateSync } from 'node:zlib'
import { messageOf } from '../../base/errors.js'

/** Above this level zlib costs much and gains little. */
const MAX_LEVEL = 6

/** Smaller messages gain less than their handling costs. */
const MIN_COMPRESSED_BYTES = 1024

const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b

export type Frame = string | Buffer

export interface ReadFrame {
  /** Undefined when the frame is none of the known forms. */
  readonly text?: string
  readonly wasCompressed?: boolean
  readonly fault?: string
}

/**
 * The JSON text of a frame: a text frame, or a binary one that holds JSON, a zlib stream, or a zlib stream behind its
 * length in four bytes, as Qt writes it. A stream that grows beyond `maxBytes` is cut off.
 */
export function readFrame(data: Buffer, isBinary: boolean, maxBytes: number): ReadFrame {
  const first = data[0]
  if (!isBinary || first === OPEN_BRACE || first === OPEN_BRACKET) return { text: data.toString('utf8') }
  if (isZlib(data)) return inflated(data, maxBytes)
  const behindLength = data.subarray(4)
  if (isZlib(behindLength)) return inflated(behindLength, maxBytes)
  return { fault: 'a binary frame that is neither JSON nor zlib' }
}

function isZlib(data: Buffer): boolean {
  if (data.length < 2) return false
  return (data[0] as number) % 16 === 8 && data.readUInt16BE(0) % 31 === 0
}

function inflated(data: Buffer, maxBytes: number): ReadFrame {
  try {
    return {
      text: inflateSync(data, { maxOutputLength: maxBytes }).toString('utf8'),
      wasCompressed: true,
    }
  } catch (error) {
    return { fault: `a zlib frame that cannot be read: ${messageOf(error)}` }
  }
}

/** A text as zlib stream where that pays; `rate` 0 to 9, 0 for never. */
export function writeFrame(text: string, rate: number): Frame {
  if (rate === 0 || text.length < MIN_COMPRESSED_BYTES) return text
  return deflateSync(text, { level: Math.min(rate, MAX_LEVEL) })
}
