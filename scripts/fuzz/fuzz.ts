import fc from 'fast-check'
import { messageOf } from '../../src/base/errors.js'
import { Dice, mutate } from './mutate.js'
import { samples } from './samples.js'
import { type Target, TARGETS } from './targets.js'

/** Longer than this no input may take, however odd. */
const SLOW_MS = 100

/** Kinds of fault end here; what varies within a kind is no part of it. */
const FAULTS = ['throws', 'writes', 'takes'] as const

/** What a target should not have done. */
export interface Finding {
  readonly target: string
  readonly fault: string
  readonly input: Buffer
}

export interface FuzzOptions {
  readonly seed: number
  readonly seconds: number
  /** All by default. */
  readonly targets?: readonly Target[]
}

export interface FuzzReport {
  readonly runs: number
  /** Inputs that were accepted. */
  readonly accepted: number
  /** The first of each kind of fault of each target, as small as it was made. */
  readonly findings: readonly Finding[]
}

/** Feeds mutations of what is right to every target in turn until the time is over. The same seed leads to the same inputs. */
export async function fuzz({ seed, seconds, targets = TARGETS }: FuzzOptions): Promise<FuzzReport> {
  const dice = new Dice(seed)
  const sources = await samples()
  const values = fc.sample(fc.json({ maxDepth: 3 }), { seed, numRuns: 200 })
  const findings = new Map<string, Finding>()
  const endMs = performance.now() + 1000 * seconds
  let [runs, accepted] = [0, 0]
  for (; runs < targets.length || performance.now() < endMs; runs++) {
    const target = targets[runs % targets.length] as Target
    const source = dice.pick(sources.get(target.name) ?? [Buffer.alloc(0)])
    const input = dice.roll(50) === 0 ? source : mutate(source, dice, values)
    const outcome = judge(target, input)
    if (outcome === 'accepted') accepted += 1
    if (outcome === 'accepted' || outcome === 'refused') continue
    const key = `${target.name}: ${kindOf(outcome)}`
    if (!findings.has(key)) findings.set(key, smallest(target, input, outcome))
  }
  return { runs, accepted, findings: [...findings.values()] }
}

/** `accepted`, `refused`, or what is wrong. */
function judge(target: Target, input: Buffer): string {
  const fault = faultAt(target, input)
  // A machine that was busy elsewhere for a moment is no fault: what is slow is slow every time.
  const isSlow = (text: string): boolean => text.startsWith('takes')
  return isSlow(fault) && !(isSlow(faultAt(target, input)) && isSlow(faultAt(target, input)))
    ? 'refused'
    : fault
}

function faultAt({ read, refuses }: Target, input: Buffer): string {
  const startMs = performance.now()
  let outcome = 'accepted'
  try {
    const texts = read(input)
    if (texts && texts[0] !== texts[1]) outcome = `writes ${texts[0]} for ${texts[1]}`
  } catch (error) {
    const isRefusal = refuses.some((type) => error instanceof type)
    outcome = isRefusal
      ? 'refused'
      : `throws ${error instanceof Error ? error.name : ''}: ${messageOf(error)}`
  }
  const tookMs = performance.now() - startMs
  return tookMs > SLOW_MS ? `takes ${Math.round(tookMs)} ms` : outcome
}

function kindOf(fault: string): string {
  const kind = FAULTS.find((each) => fault.startsWith(each)) ?? fault
  return kind === 'throws' ? fault.slice(0, 40) : kind
}

/** Cuts parts out as long as the same kind of fault stays. */
function smallest(target: Target, input: Buffer, fault: string): Finding {
  const endMs = performance.now() + 1000
  let best = input
  for (let size = best.length >>> 1; size > 0; size >>>= 1) {
    for (let at = 0; at < best.length && performance.now() < endMs;) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)])
      if (kindOf(faultAt(target, shorter)) === kindOf(fault)) best = shorter
      else at += size
    }
  }
  return { target: target.name, fault: faultAt(target, best), input: best }
}
