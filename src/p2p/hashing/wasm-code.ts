/**
 * Machine code of WebAssembly, as much of it as hashing needs. An expression leaves one value on the stack. What is made of
 * parts refers to them: copies would leave megabytes behind in every thread that hashes.
 */
export type Code = readonly (number | Code)[]

const SIMD_PREFIX = 0xfd
const VOID_BLOCK = 0x40

/** Unsigned LEB128, up to 32 bits. */
export function unsigned(value: number): readonly number[] {
  const low = value & 0x7f
  return value < 0x80 ? [low] : [low | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: number): Code {
  const low = value & 0x7f
  const rest = value >> 7
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
  return isLast ? [low] : [low | 0x80, ...signed(rest)]
}

const simd = (opcode: number): Code => [SIMD_PREFIX, ...unsigned(opcode)]
const binary = (opcode: number) => {
  const instruction = simd(opcode)
  return (left: Code, right: Code): Code => [left, right, instruction]
}
const shift = (opcode: number) => {
  const instruction = simd(opcode)
  return (value: Code, bits: number): Code => [value, i32(bits), instruction]
}

export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number, value: Code): Code => [value, 0x21, ...unsigned(local)]

export const i32 = (value: number): Code => [0x41, ...signed(value | 0)]
export const addI32 = (left: Code, right: Code): Code => [left, right, 0x6a]
export const subI32 = (left: Code, right: Code): Code => [left, right, 0x6b]
/** As signed numbers; 1 or 0. */
export const greaterI32 = (left: Code, right: Code): Code => [left, right, 0x4a]
/** 4 bytes of memory. */
export const loadI32 = (address: Code, offset = 0): Code => [address, 0x28, 0, ...unsigned(offset)]

/** Four lanes of 32 bits. */
export const and = binary(0x4e)
export const xor = binary(0x51)
export const or = binary(0x50)
export const add = binary(0xae)
export const sub = binary(0xb1)
/** As signed numbers. */
export const min = binary(0xb6)
export const max = binary(0xb8)
/** As signed numbers; all ones or zero in each lane. */
export const greater = binary(0x3b)
export const shl = shift(0xab)
export const shr = shift(0xad)
export const splat = (value: number): Code => [i32(value), ...simd(0x11)]

/** 16 bytes of memory; `offset` is added to the address. Alignment is a hint only. */
export const load = (address: Code, offset = 0): Code => [address, ...simd(0x00), 0, ...unsigned(offset)]
export const store = (address: Code, offset: number, value: Code): Code => [
  address,
  value,
  ...simd(0x0b),
  0,
  ...unsigned(offset),
]

/** Picks 16 of the 32 bytes of both, `left` being 0 to 15. */
export const shuffle = (left: Code, right: Code, bytes: readonly number[]): Code => [
  left,
  right,
  ...simd(0x0d),
  ...bytes,
]

export const call = (index: number): Code => [0x10, ...unsigned(index)]

/** Runs the body until the condition is zero: once at least. */
export const repeatWhile = (body: Code, condition: Code): Code => [
  ...[0x03, VOID_BLOCK],
  body,
  condition,
  ...[0x0d, 0],
  0x0b,
]

/** Every lane has some bit set: 1 or 0. */
export const allTrue = (value: Code): Code => [value, ...simd(0xa3)]

export const ifElse = (condition: Code, then: Code, otherwise: Code): Code => [
  condition,
  ...[0x04, VOID_BLOCK],
  then,
  0x05,
  otherwise,
  0x0b,
]

const I32 = 0x7f
const V128 = 0x7b

export interface WasmFunction {
  /** Of 32 bits each: the first locals. */
  readonly parameters: number
  /** Of 128 bits each: the locals after the parameters. */
  readonly vectors: number
  readonly body: Code
  readonly exportedAs?: string
}

const section = (id: number, content: Code): Code => [id, ...unsigned(lengthOf(content)), content]
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items]
const name = (text: string): Code => [...unsigned(text.length), ...Buffer.from(text, 'latin1')]

function functionBody({ vectors, body }: WasmFunction): Code {
  const code = [vector([[...unsigned(vectors), V128]]), body, 0x0b]
  return [...unsigned(lengthOf(code)), code]
}

/** In bytes. */
function lengthOf(code: Code): number {
  let length = 0
  for (const part of code) length += typeof part === 'number' ? 1 : lengthOf(part)
  return length
}

/** Returns where the code ends. */
function write(code: Code, bytes: Uint8Array, from: number): number {
  let at = from
  for (const part of code)
    if (typeof part === 'number') bytes[at++] = part
    else at = write(part, bytes, at)
  return at
}

/** The bytes of a module with these functions and one exported memory (64 KiB pages), named `memory`. */
export function wasmModule(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [I32])),
    0,
  ])
  const exported = functions.flatMap(({ exportedAs }, index) =>
    exportedAs === undefined ? [] : [[...name(exportedAs), 0, ...unsigned(index)]],
  )
  const code = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(types)),
    section(3, vector(functions.map((_, index) => unsigned(index)))),
    section(5, vector([[0, ...unsigned(pages)]])),
    section(7, vector([[...name('memory'), 2, 0], ...exported])),
    section(10, vector(functions.map(functionBody))),
  ]
  const bytes = new Uint8Array(lengthOf(code))
  write(code, bytes, 0)
  return bytes
}
