import { messageOf } from '../base/errors.js'
import type { Json } from '../base/json.js'
import type { Pending } from '../chain/pending.js'
import { decodeTransaction } from '../ledger/decode-transaction.js'
import { encodeTransaction } from '../ledger/encode-transaction.js'
import { RuleError } from '../ledger/rule-error.js'
import type { Transaction } from '../ledger/transaction.js'
import { writeFileAtomic } from '../store/atomic-write.js'
import { readJson } from '../store/read-json.js'
import type { OnSetAside } from '../store/set-aside.js'
import type { Logger } from './log.js'

export interface TransactionsMirrorOptions {
  readonly path: string
  readonly pending: Pending
  readonly onSetAside: OnSetAside
  readonly log: Logger
}

const INTERVAL_MS = 1000

/** A write takes at most this share of the time: a pool of many thousands is written less often. */
const REST_PER_WORK = 20

/** Transactions turned into text before others have their turn. */
const SLICE = 250

/**
 * The pending transactions as a file for people, one a line. The store beside the index is what outlives a kill; this is
 * its mirror, and read only where that store has nothing.
 */
export class TransactionsMirror {
  readonly #options: TransactionsMirrorOptions
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #lastMs = 0
  #isDirty = false
  #isStopped = false

  constructor(options: TransactionsMirrorOptions) {
    this.#options = options
  }

  /** Takes in what the file holds, each as if it was handed in just now. Does nothing while others are pending. */
  async restore(): Promise<void> {
    const { path, pending, onSetAside, log } = this.#options
    if (pending.pool.size > 0) return
    const found = await readJson({ path, decode: decodeList, onSetAside })
    if (!found || found.length === 0) return
    const answers = await pending.submitMany(found)
    const taken = answers.filter((answer) => !(answer instanceof RuleError)).length
    log.info({ taken, found: found.length }, 'took pending transactions back from their file')
  }

  /** What is pending changed: the file follows within a second. */
  touch(): void {
    this.#isDirty = true
    if (this.#timer || this.#writing || this.#isStopped) return
    const waitMs = Math.max(INTERVAL_MS, this.#lastMs * REST_PER_WORK)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#start()
    }, waitMs)
    this.#timer.unref()
  }

  /** Writes the file as it is now, for the last time. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#writing
    await this.#write()
  }

  #start(): void {
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined
      if (this.#isDirty) this.touch()
    })
  }

  async #write(): Promise<void> {
    const { path, pending, log } = this.#options
    this.#isDirty = false
    const start = performance.now()
    try {
      await writeFileAtomic(path, await textOf([...pending.pool.pending()].map((each) => each.transaction)))
    } catch (error) {
      log.warn(
        { err: error },
        `the file of the pending transactions could not be written: ${messageOf(error)}`,
      )
    }
    this.#lastMs = performance.now() - start
  }
}

async function textOf(transactions: readonly Transaction[]): Promise<string> {
  const lines: string[] = []
  for (const [i, transaction] of transactions.entries()) {
    lines.push(`  ${JSON.stringify(encodeTransaction(transaction))}`)
    if (i % SLICE === SLICE - 1) await new Promise(setImmediate)
  }
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`
}

function decodeList(json: Json): readonly Transaction[] {
  if (!Array.isArray(json)) throw new Error('it is no list of transactions')
  return (json as readonly Json[]).map(decodeTransaction)
}
