import {
  ACTIVE_AT,
  BLOCK_BYTES,
  compress,
  DIGEST_BYTES,
  forEach,
  fromState,
  LANES,
  memory,
  MESSAGE_AT,
  padding,
  resetState,
  SCRATCH_AT,
  stateToMessage,
  toMemory,
  toMessage,
  VECTOR_BYTES,
  writeConstants,
} from './sha256-code.js'
import {
  add,
  addI32,
  allTrue,
  and,
  call,
  type Code,
  get,
  greater,
  greaterI32,
  i32,
  ifElse,
  load,
  loadI32,
  max,
  min,
  or,
  repeatWhile,
  set,
  shl,
  splat,
  store,
  sub,
  subI32,
  wasmModule,
} from './wasm-code.js'

const HEADER_BYTES = 80
const COMPRESS = call(0)
const COMPRESS_END = call(1)

/** Four messages of any length: their addresses, their lengths, and where their digests go, 4 bytes each. */
export const RECORD_BYTES = 3 * VECTOR_BYTES
const LENGTHS = VECTOR_BYTES
const TARGETS = 2 * VECTOR_BYTES

/** Bytes of each message still to come; below zero once its last block is due, or past. */
const REMAINING_AT = SCRATCH_AT
/** Where in the tables below each lane's mask is. */
const TABLE_INDEX_AT = REMAINING_AT + VECTOR_BYTES
/** 64 bytes of ones, then zeros: what of a block is message. */
const MASK_AT = TABLE_INDEX_AT + VECTOR_BYTES
const TABLE_BYTES = 2 * BLOCK_BYTES + VECTOR_BYTES
/** The mark that ends a message, after 64 zeros and before 64. */
const MARK_AT = MASK_AT + TABLE_BYTES

/** The locals of the functions that go through memory: two addresses and a count. */
const [FROM, TO, QUADS, VECTORS] = [0, 1, 2, 3]
const side = (bytes: number, quarter: number) => (lane: number) =>
  load(get(FROM), lane * bytes + quarter * VECTOR_BYTES)

/** f(from, to, quads): `digest` makes digests of four messages of that many bytes, side by side. */
function overQuads(bytes: number, digest: Code): Code {
  const body = [
    ...resetState,
    ...digest,
    ...fromState((lane) => addI32(get(TO), i32(lane * DIGEST_BYTES)), VECTORS),
    ...set(FROM, addI32(get(FROM), i32(LANES * bytes))),
    ...set(TO, addI32(get(TO), i32(LANES * DIGEST_BYTES))),
    ...set(QUADS, subI32(get(QUADS), i32(1))),
  ]
  return repeatWhile(body, get(QUADS))
}

const quarters = (bytes: number, count: number, first = 0): Code =>
  forEach(count, (quarter) => toMessage(side(bytes, first + quarter), quarter, VECTORS))

const headers = overQuads(HEADER_BYTES, [
  ...[...quarters(HEADER_BYTES, 4), ...COMPRESS],
  ...[...quarters(HEADER_BYTES, 1, 4), ...padding(4, 8 * HEADER_BYTES), ...COMPRESS],
  ...[...stateToMessage, ...COMPRESS],
])

const pairs = overQuads(2 * DIGEST_BYTES, [
  ...[...quarters(2 * DIGEST_BYTES, 4), ...COMPRESS, ...COMPRESS_END],
  ...[...stateToMessage, ...COMPRESS],
])

const digests = overQuads(DIGEST_BYTES, [
  ...quarters(DIGEST_BYTES, 2),
  ...[...padding(8, 8 * DIGEST_BYTES), ...COMPRESS],
])

/** messages(records, quads): one SHA-256 of each message of a record. The last of a record has the most blocks. */
function messages(): Code {
  const [records, quads, remaining, rows, vectors] = [0, 1, 2, 3, 7]
  const bitsAt = (r: Code): Code => and(greater(splat(56), r), shl(load(get(records), LENGTHS), 3))
  const bytes = (lane: number, quarter: number): Code =>
    load(loadI32(get(records), 4 * lane), quarter * VECTOR_BYTES)
  const whole = forEach(4, (quarter) => toMessage((lane) => bytes(lane, quarter), quarter, vectors))
  const ending = [
    ...toMemory(TABLE_INDEX_AT, 0, sub(splat(64), min(max(get(remaining), splat(-1)), splat(64)))),
    ...forEach(4, (quarter) => [
      ...forEach(LANES, (lane) => set(rows + lane, endingRow(bytes(lane, quarter), lane, quarter))),
      ...toMessage((lane) => get(rows + lane), quarter, vectors),
    ]),
    ...toMemory(MESSAGE_AT, 15, or(memory(MESSAGE_AT, 15), bitsAt(get(remaining)))),
  ]
  const block = [
    ...set(remaining, memory(REMAINING_AT)),
    ...toMemory(ACTIVE_AT, 0, greater(get(remaining), splat(-9))),
    ...ifElse(allTrue(greater(get(remaining), splat(63))), whole, ending),
    ...COMPRESS,
    ...store(get(records), 0, add(load(get(records)), splat(BLOCK_BYTES))),
    ...toMemory(REMAINING_AT, 0, sub(get(remaining), splat(BLOCK_BYTES))),
  ]
  const lastRemaining = loadI32(i32(0), REMAINING_AT + 4 * (LANES - 1))
  const body = [
    ...resetState,
    ...toMemory(REMAINING_AT, 0, load(get(records), LENGTHS)),
    ...repeatWhile(block, greaterI32(lastRemaining, i32(-9))),
    ...fromState((lane) => loadI32(get(records), TARGETS + 4 * lane), vectors),
    ...set(records, addI32(get(records), i32(RECORD_BYTES))),
    ...set(quads, subI32(get(quads), i32(1))),
  ]
  return [...repeatWhile(body, get(quads)), ...toMemory(ACTIVE_AT, 0, splat(-1))]
}

/** What of 16 bytes is message, and the mark where it ends. */
function endingRow(bytes: Code, lane: number, quarter: number): Code {
  const index = loadI32(i32(0), TABLE_INDEX_AT + 4 * lane)
  const table = (at: number): Code => load(index, at + quarter * VECTOR_BYTES)
  return or(and(bytes, table(MASK_AT)), table(MARK_AT))
}

/**
 * Addresses in the memory of what lies there side by side, both ends padded to four. At least one quad. The digests may
 * overwrite what they are of; those of pairs may begin 32 bytes after the first pair.
 */
type Step = (from: number, to: number, quads: number) => void

export interface Sha256dModule {
  readonly memory: Uint8Array<ArrayBuffer>
  /** Twice over headers of 80 bytes. */
  readonly headers: Step
  /** Twice over pairs of hashes. */
  readonly pairs: Step
  /** Once over digests of 32 bytes. */
  readonly digests: Step
  /**
   * Once over messages of any length below 256 MiB, as the records at an address say, which are used up. Up to 63 bytes
   * behind a message are read, and of all but the last of a record as many blocks as of the last.
   */
  readonly messages: (records: number, quads: number) => void
}

let compiled: WebAssembly.Module | undefined

/**
 * SHA-256 of four messages at a time. The module is put together here, so no compiler is needed to build the library, and
 * what runs is what can be read above. Memory below {@link DATA_AT} is the module's own.
 * @throws {WebAssembly.CompileError} where the machine has no vectors
 */
export function instantiateSha256d(memoryBytes: number): Sha256dModule {
  compiled ??= new WebAssembly.Module(
    wasmModule(
      [
        { parameters: 0, vectors: 25, body: compress('any') },
        { parameters: 0, vectors: 25, body: compress('end of 64 bytes') },
        { parameters: 3, vectors: 8, body: headers, exportedAs: 'headers' },
        { parameters: 3, vectors: 8, body: pairs, exportedAs: 'pairs' },
        { parameters: 3, vectors: 8, body: digests, exportedAs: 'digests' },
        { parameters: 2, vectors: 13, body: messages(), exportedAs: 'messages' },
      ],
      1,
    ),
  )
  const { memory: ram, ...functions } = new WebAssembly.Instance(compiled).exports as unknown as Exports
  ram.grow(Math.ceil(memoryBytes / 65_536))
  writeConstants(new DataView(ram.buffer))
  const bytes = new Uint8Array(ram.buffer)
  bytes.fill(0xff, MASK_AT, MASK_AT + BLOCK_BYTES)
  bytes[MARK_AT + BLOCK_BYTES] = 0x80
  return { memory: bytes, ...functions }
}

type Exports = Omit<Sha256dModule, 'memory'> & { readonly memory: WebAssembly.Memory }
