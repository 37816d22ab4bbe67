import {
  add,
  and,
  type Code,
  get,
  i32,
  load,
  or,
  set,
  shl,
  shr,
  shuffle,
  splat,
  store,
  xor,
} from './wasm-code.js'

export const LANES = 4
export const VECTOR_BYTES = 16
export const DIGEST_BYTES = 32
export const BLOCK_BYTES = 64

/** Where things lie in the module's memory. A word of four messages is one vector, a lane a message. */
const CONSTANTS_AT = 0
const STATE_AT = 1024
export const MESSAGE_AT = STATE_AT + 8 * VECTOR_BYTES
/** All ones in each lane whose state is to change. */
export const ACTIVE_AT = MESSAGE_AT + 16 * VECTOR_BYTES
/** For other code, up to here. */
export const SCRATCH_AT = ACTIVE_AT + VECTOR_BYTES
/** Round constants with the words of the block that ends a message of 64 bytes already added. */
const END_CONSTANTS_AT = 2048
export const DATA_AT = END_CONSTANTS_AT + 1024

const INITIAL_STATE = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]

const ROUND_CONSTANTS = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index)
export const forEach = (length: number, code: (index: number) => Code): Code => range(length).flatMap(code)

const rotr = (value: Code, bits: number): Code => or(shr(value, bits), shl(value, 32 - bits))
const xorOfThree = (a: Code, b: Code, c: Code): Code => xor(xor(a, b), c)
const bigSigma0 = (a: Code): Code => xorOfThree(rotr(a, 2), rotr(a, 13), rotr(a, 22))
const bigSigma1 = (e: Code): Code => xorOfThree(rotr(e, 6), rotr(e, 11), rotr(e, 25))
const smallSigma0 = (w: Code): Code => xorOfThree(rotr(w, 7), rotr(w, 18), shr(w, 3))
const smallSigma1 = (w: Code): Code => xorOfThree(rotr(w, 17), rotr(w, 19), shr(w, 10))
const choose = (e: Code, f: Code, g: Code): Code => xor(g, and(e, xor(f, g)))
const majority = (a: Code, b: Code, c: Code): Code => xor(b, and(xor(a, b), xor(b, c)))

export const memory = (at: number, index = 0): Code => load(i32(0), at + index * VECTOR_BYTES)
export const toMemory = (at: number, index: number, value: Code): Code =>
  store(i32(0), at + index * VECTOR_BYTES, value)

/**
 * Works the 16 vectors of the message into the 8 of the state. Unrolled, so that all stays in registers. For the block
 * that ends every message of 64 bytes the words are known, and those that follow from them too.
 */
export function compress(message: 'any' | 'end of 64 bytes'): Code {
  const word = (t: number): number => 8 + (t % 16)
  const temporary = 24
  const isKnown = message !== 'any'
  const schedule = (t: number): Code =>
    set(
      word(t),
      add(
        add(get(word(t)), smallSigma0(get(word(t + 1)))),
        add(get(word(t + 9)), smallSigma1(get(word(t + 14)))),
      ),
    )
  const round = (t: number): Code => {
    // Instead of moving eight values on by one, their names move.
    const local = (letter: number): number => (letter + 64 - t) % 8
    const [a, b, c, d, e, f, g, h] = range(8).map((letter) => get(local(letter))) as Eight
    const input = isKnown ? memory(END_CONSTANTS_AT, t) : add(memory(CONSTANTS_AT, t), get(word(t)))
    const first = add(add(add(h, bigSigma1(e)), choose(e, f, g)), input)
    return [
      ...(t < 16 || isKnown ? [] : schedule(t)),
      ...set(temporary, first),
      ...set(local(3), add(d, get(temporary))),
      ...set(local(7), add(get(temporary), add(bigSigma0(a), majority(a, b, c)))),
    ]
  }
  return [
    ...forEach(8, (i) => set(i, memory(STATE_AT, i))),
    ...(isKnown ? [] : forEach(16, (i) => set(word(i), memory(MESSAGE_AT, i)))),
    ...forEach(64, round),
    ...forEach(8, (i) => toMemory(STATE_AT, i, add(and(get(i), memory(ACTIVE_AT)), memory(STATE_AT, i)))),
  ]
}

type Eight = [Code, Code, Code, Code, Code, Code, Code, Code]

export const resetState = forEach(8, (i) => toMemory(STATE_AT, i, splat(INITIAL_STATE[i] ?? 0)))

/** The end mark, zeros, and the length of what was hashed, from a word of the message on. */
export const padding = (from: number, bits: number): Code =>
  forEach(16 - from, (i) =>
    toMemory(MESSAGE_AT, from + i, splat(i === 0 ? 0x8000_0000 : from + i === 15 ? bits : 0)),
  )

/** A quarter of a block of four messages becomes words; `row` is 16 bytes of one of them. Uses 8 locals. */
export const toMessage = (row: (lane: number) => Code, quarter: number, firstLocal: number): Code =>
  transpose(range(LANES).map(row), firstLocal, (column) =>
    toMemory(MESSAGE_AT, 4 * quarter + column, get(firstLocal + 4 + column)),
  )

/** The state becomes four digests; `target` is the address of one of them. Uses 8 locals. */
export const fromState = (target: (lane: number) => Code, firstLocal: number): Code =>
  forEach(2, (half) =>
    transpose(
      range(4).map((i) => memory(STATE_AT, half * 4 + i)),
      firstLocal,
      (lane) => store(target(lane), half * VECTOR_BYTES, get(firstLocal + 4 + lane)),
    ),
  )

/** The state becomes the message, and is hashed again in the end by whoever calls `compress`. */
export const stateToMessage: Code = [
  ...forEach(8, (i) => toMemory(MESSAGE_AT, i, memory(STATE_AT, i))),
  ...padding(8, 8 * DIGEST_BYTES),
  ...resetState,
]

/** Four rows of four words become four columns, and every word's bytes are reversed: numbers are big-endian here. */
function transpose(rows: readonly Code[], firstLocal: number, store: (column: number) => Code): Code {
  const [row0, row1, row2, row3] = rows as [Code, Code, Code, Code]
  const lowWords = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23]
  const highWords = lowWords.map((byte) => byte + 8)
  const lowHalves = [3, 2, 1, 0, 7, 6, 5, 4, 19, 18, 17, 16, 23, 22, 21, 20]
  const highHalves = lowHalves.map((byte) => byte + 8)
  const half = (index: number): Code => get(firstLocal + index)
  const column = (index: number, low: number, bytes: readonly number[]): Code =>
    set(firstLocal + 4 + index, shuffle(half(low), half(low + 1), bytes))
  return [
    ...set(firstLocal, shuffle(row0, row1, lowWords)),
    ...set(firstLocal + 1, shuffle(row2, row3, lowWords)),
    ...set(firstLocal + 2, shuffle(row0, row1, highWords)),
    ...set(firstLocal + 3, shuffle(row2, row3, highWords)),
    ...column(0, 0, lowHalves),
    ...column(1, 0, highHalves),
    ...column(2, 2, lowHalves),
    ...column(3, 2, highHalves),
    ...forEach(4, store),
  ]
}

/** Writes what `compress` needs into the memory of a module. */
export function writeConstants(words: DataView): void {
  const write = (at: number, vector: number, value: number): void => {
    for (let lane = 0; lane < LANES; lane++)
      words.setUint32(at + vector * VECTOR_BYTES + 4 * lane, value, true)
  }
  const end = scheduleOf([0x8000_0000, ...range(14).map(() => 0), 8 * BLOCK_BYTES])
  ROUND_CONSTANTS.forEach((constant, t) => {
    write(CONSTANTS_AT, t, constant)
    write(END_CONSTANTS_AT, t, (constant + (end[t] ?? 0)) >>> 0)
  })
  write(ACTIVE_AT, 0, 0xffff_ffff)
}

/** The 64 words that follow from the 16 of a block. */
function scheduleOf(block: readonly number[]): readonly number[] {
  const words = [...block]
  const at = (t: number): number => words[t] as number
  const rotated = (value: number, bits: number): number => (value >>> bits) | (value << (32 - bits))
  for (let t = 16; t < 64; t++) {
    const sigma0 = rotated(at(t - 15), 7) ^ rotated(at(t - 15), 18) ^ (at(t - 15) >>> 3)
    const sigma1 = rotated(at(t - 2), 17) ^ rotated(at(t - 2), 19) ^ (at(t - 2) >>> 10)
    words.push((at(t - 16) + sigma0 + at(t - 7) + sigma1) >>> 0)
  }
  return words
}
