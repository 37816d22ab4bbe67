import { RuleError } from '../ledger/rule-error.js'
import type { SignatureCheck } from '../ledger/signature-checks.js'

/** One call's checks. Settles when all are answered, or with the first that is wrong. */
class Job {
  readonly done: Promise<void>
  readonly #checks: readonly SignatureCheck[]
  #taken = 0
  #answered = 0
  #resolve: () => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(checks: readonly SignatureCheck[]) {
    this.#checks = checks
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get waiting(): number {
    return this.#checks.length - this.#taken
  }

  take(most: number): Item[] {
    const checks = this.#checks.slice(this.#taken, this.#taken + most)
    this.#taken += checks.length
    return checks.map((check) => ({ job: this, check }))
  }

  answer(isValid: boolean): void {
    if (!isValid) {
      this.fail(new RuleError('TX-22', 'a signature is not valid for its public key and this transaction'))
      return
    }
    this.#answered += 1
    if (this.#answered === this.#checks.length) this.#resolve()
  }

  /** What is left of the job need not be done. */
  fail(error: unknown): void {
    this.#taken = this.#checks.length
    this.#reject(error)
  }
}

/** A check that somebody took and owes an answer to. */
export interface Item {
  readonly check: SignatureCheck
  readonly job: Pick<Job, 'answer' | 'fail'>
}

/** Checks that wait for somebody to take them, in the order they came. */
export class CheckQueue {
  #jobs: Job[] = []
  #returned: Item[] = []

  /** Settles when all are answered. Rejects with RuleError TX-22 when one is wrong. */
  add(checks: readonly SignatureCheck[]): Promise<void> {
    const job = new Job(checks)
    this.#jobs.push(job)
    return job.done
  }

  get waiting(): number {
    return this.#jobs.reduce((sum, job) => sum + job.waiting, this.#returned.length)
  }

  take(most: number): readonly Item[] {
    const items = this.#returned.splice(0, most)
    while (items.length < most) {
      const [job] = this.#jobs
      if (!job) break
      items.push(...job.take(most - items.length))
      if (job.waiting === 0) this.#jobs.shift()
    }
    return items
  }

  /** Checks that whoever took them could not answer. */
  giveBack(items: readonly Item[]): void {
    this.#returned.push(...items)
  }
}
