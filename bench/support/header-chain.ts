import { Ancestors } from '../../src/p2p/headers/difficulty/ancestors.js'
import { writeTarget } from '../../src/p2p/headers/difficulty/compact.js'
import { requiredBits } from '../../src/p2p/headers/difficulty/required-bits.js'
import { createBatchHasher } from '../../src/p2p/hashing/batch-hasher.js'
import { HeaderBatch } from '../../src/p2p/headers/header-batch.js'
import type { Network } from '../../src/p2p/networks/network.js'

/** Headers after the genesis block, side by side. */
export interface HeaderChain {
  readonly raw: Uint8Array
  readonly count: number
}

const PER_MESSAGE = 2000
/** Nonces that are tried at once. */
const TRIES = 4

/** A valid chain of an easy network, a block every ten minutes or so many seconds after its parent. */
export function easyChain(
  { genesis, rules }: Network,
  count: number,
  secondsBefore: (height: number) => number = () => 600,
): HeaderChain {
  const hasher = createBatchHasher()
  const raw = new Uint8Array(80 * count)
  const target = new Uint8Array(32)
  const { daaParentHeight = Infinity } = rules
  const ancestors = new Ancestors(0, rules.powLimitBits, daaParentHeight - 148)
  let last = new HeaderBatch(hasher.hash(genesis, 1, 80))
  let [time, previous] = [last.time(0), last.hashAt(0).slice()]
  for (let i = 0; i < count; i++) {
    ancestors.push(time, last.bits(0))
    time += secondsBefore(i + 1)
    const bits = requiredBits(rules, ancestors, time)
    writeTarget(bits, target)
    const template = headerOf(previous, i, time, bits)
    last = mine(template, (tries) => new HeaderBatch(hasher.hash(tries, TRIES, 80)), target)
    raw.set(last.rawAt(0), 80 * i)
    previous = last.hashAt(0).slice()
  }
  return { raw, count }
}

function headerOf(previous: Uint8Array, salt: number, time: number, bits: number): Uint8Array {
  const header = new Uint8Array(80)
  const view = new DataView(header.buffer)
  view.setUint32(0, 4, true)
  header.set(previous, 4)
  view.setUint32(36, salt, true)
  view.setUint32(68, time, true)
  view.setUint32(72, bits, true)
  return header
}

/** A batch that begins with the header, mined. */
function mine(header: Uint8Array, hash: (tries: Uint8Array) => HeaderBatch, target: Uint8Array): HeaderBatch {
  const tries = new Uint8Array(80 * TRIES)
  const view = new DataView(tries.buffer)
  for (let i = 0; i < TRIES; i++) tries.set(header, 80 * i)
  for (let nonce = 0; ; nonce += TRIES) {
    for (let i = 0; i < TRIES; i++) view.setUint32(80 * i + 76, nonce + i, true)
    const batch = hash(tries)
    for (let i = 0; i < TRIES; i++) if (batch.meets(i, target)) return batch.from(i)
  }
}

/** The chain as payloads of `headers` messages. */
export function payloadsOf({ raw, count }: HeaderChain): Uint8Array[] {
  const payloads: Uint8Array[] = []
  for (let first = 0; first < count; first += PER_MESSAGE) {
    const size = Math.min(PER_MESSAGE, count - first)
    const payload = new Uint8Array(3 + 81 * size)
    payload.set([0xfd, size & 0xff, size >> 8])
    for (let i = 0; i < size; i++)
      payload.set(raw.subarray(80 * (first + i), 80 * (first + i + 1)), 3 + 81 * i)
    payloads.push(payload)
  }
  return payloads
}
