import { targetOfBits } from './compact.js'

const ALL_HASHES = 1n << 256n

/** Where every header has bits of its own, remembering all would never end. */
const MAX_REMEMBERED = 1024
const remembered = new Map<number, bigint>()

/** How many hashes it takes on average to meet the target of these bits; 0n where they stand for none. */
export function workOfBits(bits: number): bigint {
  const known = remembered.get(bits)
  if (known !== undefined) return known
  const target = targetOfBits(bits)
  const work = target === 0n ? 0n : ALL_HASHES / (target + 1n)
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  remembered.set(bits, work)
  return work
}

/** The target that takes this much work; less than one hash gives a target that no network allows. */
export function targetOfWork(work: bigint): bigint {
  return work === 0n ? ALL_HASHES : (ALL_HASHES - work) / work
}
