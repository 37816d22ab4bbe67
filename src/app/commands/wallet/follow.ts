import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../../../api/errors.js'
import type { ResultOf } from '../../../api/method.js'
import type { NodeApi } from '../../../api/node-api.js'
import { NoAnswerError } from '../../../rest/client.js'
import type { Node } from './node.js'

type Status = ResultOf<NodeApi['transactions.status']>

/** What became of a transaction as far as it was followed. */
export interface Outcome {
  readonly status: 'pending' | 'confirmed' | 'dropped'
  readonly confirmations: number
  /** Of the chain, that holds it. */
  readonly block: Status['block']
  /** Why following it ended early. */
  readonly fault?: string
}

export interface FollowOptions {
  readonly id: string
  /** How many are enough. */
  readonly confirmations: number
  readonly limitMs: number
  readonly pollMs: number
  readonly node: Pick<Node, 'call'>
  readonly now: () => number
  /** Told whatever changes, in a line. */
  readonly tell: (text: string) => void
}

/** A node that is changing branches may for a moment have a transaction in neither; this often in a row is no such moment. */
const MISSES = 3

/** Asks again and again until a transaction has enough confirmations, is dropped, or the time is over. */
export async function follow(options: FollowOptions): Promise<Outcome> {
  const { confirmations, limitMs, now, pollMs } = options
  const endMs = now() + limitMs
  const view = new View(options.tell, confirmations)
  for (;;) {
    const outcome = view.see(await ask(options))
    if (outcome.status === 'dropped' || outcome.confirmations >= confirmations) return outcome
    if (now() >= endMs)
      return { ...outcome, fault: `not confirmed within ${limitMs / 1000} s; the transaction may still be` }
    await sleep(pollMs)
  }
}

type Answer = Status | 'unknown' | 'no answer'

async function ask({ node, id }: FollowOptions): Promise<Answer> {
  try {
    return await node.call('transactions.status', { tid: id })
  } catch (error) {
    if (error instanceof NoAnswerError) return 'no answer'
    if (error instanceof ApiError && error.code === 'TRANSACTION_NOT_FOUND') return 'unknown'
    throw error
  }
}

/** What was seen so far, told as it changes. */
class View {
  readonly #tell: (text: string) => void
  readonly #wanted: number
  #last: Outcome = { status: 'pending', confirmations: 0, block: null }
  #told = ''
  #misses = 0

  constructor(tell: (text: string) => void, wanted: number) {
    this.#tell = tell
    this.#wanted = wanted
  }

  see(answer: Answer): Outcome {
    this.#misses = answer === 'unknown' ? this.#misses + 1 : 0
    if (answer === 'no answer') this.#say('the node does not answer; trying again')
    else if (answer !== 'unknown') this.#update(answer)
    else if (this.#misses >= MISSES) return { ...this.#last, ...DROPPED }
    return this.#last
  }

  #update({ status, confirmations, block }: Status): void {
    const left = this.#last.block
    if (left && block?.hash !== left.hash)
      this.#say(`the chain took another branch: block ${left.height}, which held the transaction, is off it`)
    this.#last = { status, confirmations, block }
    const where = block ? `in block ${block.height}` : 'it waits for a block'
    this.#say(`${where}, ${confirmations} of ${this.#wanted} confirmations`)
  }

  #say(text: string): void {
    if (text !== this.#told) this.#tell(text)
    this.#told = text
  }
}

const DROPPED = {
  status: 'dropped',
  confirmations: 0,
  block: null,
  fault:
    'the transaction was dropped and pays nothing: another spent the same coins, or too many that pay more were waiting',
} as const
