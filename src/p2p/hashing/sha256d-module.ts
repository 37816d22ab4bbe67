import {
  add,
  addI32,
  and,
  call,
  type Code,
  get,
  i32,
  load,
  or,
  repeatWhile,
  set,
  shl,
  shr,
  shuffle,
  splat,
  store,
  subI32,
  wasmModule,
  xor,
} from './wasm-code.js'

const HEADER_BYTES = 80
const LANES = 4
const VECTOR_BYTES = 16

/** Where things lie in the module's memory. A word of four headers is one vector, a lane a header. */
const CONSTANTS_AT = 0
const STATE_AT = 1024
const MESSAGE_AT = STATE_AT + 8 * VECTOR_BYTES
export const HEADERS_AT = 2048

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

const range = (length: number): number[] => Array.from({ length }, (_, index) => index)
const forEach = (length: number, code: (index: number) => Code): Code => range(length).flatMap(code)

const rotr = (value: Code, bits: number): Code => or(shr(value, bits), shl(value, 32 - bits))
const xorOfThree = (a: Code, b: Code, c: Code): Code => xor(xor(a, b), c)
const bigSigma0 = (a: Code): Code => xorOfThree(rotr(a, 2), rotr(a, 13), rotr(a, 22))
const bigSigma1 = (e: Code): Code => xorOfThree(rotr(e, 6), rotr(e, 11), rotr(e, 25))
const smallSigma0 = (w: Code): Code => xorOfThree(rotr(w, 7), rotr(w, 18), shr(w, 3))
const smallSigma1 = (w: Code): Code => xorOfThree(rotr(w, 17), rotr(w, 19), shr(w, 10))
const choose = (e: Code, f: Code, g: Code): Code => xor(g, and(e, xor(f, g)))
const majority = (a: Code, b: Code, c: Code): Code => xor(b, and(xor(a, b), xor(b, c)))

const memory = (at: number, index: number): Code => load(i32(0), at + index * VECTOR_BYTES)
const toMemory = (at: number, index: number, value: Code): Code =>
  store(i32(0), at + index * VECTOR_BYTES, value)

/** Works the 16 vectors of the message into the 8 of the state. Unrolled, so that all stays in registers. */
function compress(): Code {
  const word = (t: number): number => 8 + (t % 16)
  const temporary = 24
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
    const first = add(add(add(h, bigSigma1(e)), choose(e, f, g)), add(memory(CONSTANTS_AT, t), get(word(t))))
    return [
      ...(t < 16 ? [] : schedule(t)),
      ...set(temporary, first),
      ...set(local(3), add(d, get(temporary))),
      ...set(local(7), add(get(temporary), add(bigSigma0(a), majority(a, b, c)))),
    ]
  }
  return [
    ...forEach(8, (i) => set(i, memory(STATE_AT, i))),
    ...forEach(16, (i) => set(word(i), memory(MESSAGE_AT, i))),
    ...forEach(64, round),
    ...forEach(8, (i) => toMemory(STATE_AT, i, add(get(i), memory(STATE_AT, i)))),
  ]
}

type Eight = [Code, Code, Code, Code, Code, Code, Code, Code]

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

/** hash(headers, hashes, quads): the double hash of each of 4 × quads headers. */
function hash(): Code {
  const [headers, hashes, quads, local] = [0, 1, 2, 3]
  const COMPRESS = call(0)
  const resetState = forEach(8, (i) => toMemory(STATE_AT, i, splat(INITIAL_STATE[i] ?? 0)))
  const messageFrom = (quarter: number, at: number): Code =>
    transpose(
      range(LANES).map((lane) => load(get(headers), lane * HEADER_BYTES + quarter * VECTOR_BYTES)),
      local,
      (column) => toMemory(MESSAGE_AT, at + column, get(local + 4 + column)),
    )
  /** The end mark, zeros, and the length of what was hashed. */
  const padding = (from: number, bits: number): Code =>
    forEach(16 - from, (i) =>
      toMemory(MESSAGE_AT, from + i, splat(i === 0 ? 0x8000_0000 : from + i === 15 ? bits : 0)),
    )
  const output = (half: number): Code =>
    transpose(
      range(4).map((i) => memory(STATE_AT, half * 4 + i)),
      local,
      (lane) => store(get(hashes), lane * 32 + half * VECTOR_BYTES, get(local + 4 + lane)),
    )
  const body = [
    ...[...resetState, ...forEach(4, (quarter) => messageFrom(quarter, 4 * quarter)), ...COMPRESS],
    ...[...messageFrom(4, 0), ...padding(4, 8 * HEADER_BYTES), ...COMPRESS],
    ...forEach(8, (i) => toMemory(MESSAGE_AT, i, memory(STATE_AT, i))),
    ...[...padding(8, 256), ...resetState, ...COMPRESS],
    ...[...output(0), ...output(1)],
    ...set(headers, addI32(get(headers), i32(LANES * HEADER_BYTES))),
    ...set(hashes, addI32(get(hashes), i32(LANES * 32))),
    ...set(quads, subI32(get(quads), i32(1))),
  ]
  return repeatWhile(body, get(quads))
}

export interface Sha256dModule {
  readonly memory: Uint8Array
  /** Addresses in the memory; both ends are padded to four headers. At least one quad. */
  readonly hash: (headersAt: number, hashesAt: number, quads: number) => void
}

let compiled: WebAssembly.Module | undefined

/**
 * SHA-256 twice over headers of 80 bytes, four at a time. The module is put together here, so no compiler is needed to
 * build the library, and what runs is what can be read above.
 * @throws {WebAssembly.CompileError} where the machine has no vectors
 */
export function instantiateSha256d(memoryBytes: number): Sha256dModule {
  compiled ??= new WebAssembly.Module(
    wasmModule(
      [
        { parameters: 0, vectors: 25, body: compress() },
        { parameters: 3, vectors: 8, body: hash(), exportedAs: 'hash' },
      ],
      1,
    ),
  )
  const { exports } = new WebAssembly.Instance(compiled)
  const wasm = exports as { memory: WebAssembly.Memory; hash: Sha256dModule['hash'] }
  wasm.memory.grow(Math.ceil(memoryBytes / 65_536))
  const words = new DataView(wasm.memory.buffer)
  ROUND_CONSTANTS.forEach((constant, t) => {
    for (let lane = 0; lane < LANES; lane++)
      words.setUint32(CONSTANTS_AT + t * VECTOR_BYTES + 4 * lane, constant, true)
  })
  return { memory: new Uint8Array(wasm.memory.buffer), hash: wasm.hash }
}
