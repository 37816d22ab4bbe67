import { checkTransaction } from '../ledger/check-transaction.js'
import { decodeTransaction } from '../ledger/decode-transaction.js'
import {
  type Added,
  type Dropped,
  Mempool,
  type PendingTransaction,
  type PoolContext,
} from '../ledger/mempool.js'
import type { MempoolSettings } from '../ledger/mempool-settings.js'
import { Overlong } from '../ledger/overlong.js'
import { RuleError } from '../ledger/rule-error.js'
import { type SignatureCheck, signatureChecks } from '../ledger/signature-checks.js'
import type { Transaction } from '../ledger/transaction.js'
import type { PendingStore } from '../store/index/pending-store.js'
import type { Blockchain } from './blockchain.js'
import { keepWaiting } from './keep-waiting.js'
import { parentsFirst } from './parents-first.js'
import type { VerifyAll } from './verify-all.js'

export interface PendingOptions {
  readonly blockchain: Blockchain
  readonly settings: MempoolSettings
  readonly store: PendingStore
  readonly verify: VerifyAll
  /** Signatures that `verify` need not look at. */
  readonly remember: (checks: readonly SignatureCheck[]) => void
  readonly now: () => number
  /** A write to the store failed. */
  readonly onStoreError: (error: unknown) => void
}

/** What became of a transaction that was to be added. */
interface Addition {
  readonly answer: Added | RuleError
  /** Resolves when it is on disk; undefined where it was refused. */
  readonly kept: Promise<void> | undefined
}

/** Transactions that wait for a block: the ledger's mempool, kept on disk and in step with the chain. */
export class Pending {
  readonly #options: PendingOptions
  #pool: Mempool
  #overlong: Overlong

  constructor(options: PendingOptions) {
    this.#options = options
    this.#pool = new Mempool(options.blockchain.chain, options.settings)
    this.#overlong = new Overlong(options.settings)
  }

  /** One that waits, in the pool or until the pool can take it. */
  get(id: string): Transaction | undefined {
    return this.#pool.get(id) ?? this.#overlong.get(id)
  }

  /** For reading; it changes only through this class. */
  get pool(): Mempool {
    return this.#pool
  }

  /** Takes back what an earlier run kept, forgets what can no longer follow the chain, and follows the chain from now on. */
  async open(): Promise<void> {
    const { blockchain, store } = this.#options
    await blockchain.alone(() => {
      const kept = store.all().map((each) => ({ ...each, transaction: decodeTransaction(each.transaction) }))
      const isOurs = ({ transaction }: PendingTransaction): boolean =>
        transaction.chainId === blockchain.chain.id
      for (const { transaction } of kept.filter((each) => !isOurs(each))) this.#forget(transaction)
      const dropped = this.#pool.addAll(parentsFirst(kept.filter(isOurs)), this.#context())
      for (const { transaction } of this.#overlong.hold(dropped, this.#pool)) this.#forget(transaction)
    })
    const { events } = blockchain
    events.on('connected', (block) => {
      for (const { id } of block.transactions) this.#remove(id)
      this.#drop(this.#pool.connected(block), 'a block spent its inputs')
      this.#overlong.connected(block)
    })
    events.on('returned', (transactions) => this.#takeBack(transactions))
    events.on('tip', () => this.#letIn())
  }

  /** A pool of the chain as it is founded anew: what waited belongs to another chain. */
  refound(): void {
    const strangers = [...this.#pool.pending()].map(({ transaction }) => transaction)
    this.#drop(strangers, 'the chain was founded anew')
    this.#pool = new Mempool(this.#options.blockchain.chain, this.#options.settings)
    this.#overlong = new Overlong(this.#options.settings)
  }

  /** This node has just made all signatures and endorsements of a transaction: nobody here need verify them. */
  vouch(transaction: Transaction): void {
    const { blockchain, remember } = this.#options
    remember(signatureChecks(transaction))
    if (transaction.payload?.kind === 'invocation') blockchain.endorsements.vouch(transaction.payload)
  }

  /**
   * Takes a transaction; resolves when it is kept on disk. @throws {RuleError} when it breaks a rule, or is not worth
   * keeping.
   */
  async submit(transaction: Transaction): Promise<Added> {
    const { blockchain, verify } = this.#options
    checkTransaction(transaction, blockchain.chain)
    await Promise.all([
      verify(signatureChecks(transaction)),
      blockchain.endorsements.prepareWaiting([transaction]),
    ])
    const { answer, kept } =
      this.#addAtOnce(transaction) ?? (await blockchain.alone(() => this.#add(transaction)))
    await kept
    if (answer instanceof RuleError) {
      await this.#settled([answer])
      throw answer
    }
    this.#announce(transaction, answer)
    return answer
  }

  /** Takes many, each on its own: the answer tells for each what it pushed out, or the rule that kept it out. */
  async submitMany(transactions: readonly Transaction[]): Promise<(Added | RuleError)[]> {
    const { blockchain, verify } = this.#options
    const checked = await this.#checkMany(transactions, verify)
    const answers = await blockchain.alone(() =>
      transactions.map((transaction, i) => checked[i] ?? this.#tryAdd(transaction)),
    )
    const taken = transactions.filter((_, i) => !(answers[i] instanceof RuleError))
    await this.#keep(taken)
    await this.#settled(answers)
    for (const [i, answer] of answers.entries()) {
      const transaction = transactions[i]
      if (transaction && !(answer instanceof RuleError)) this.#announce(transaction, answer)
    }
    return answers
  }

  /** Forgets what has waited too long. */
  expire(): Promise<void> {
    const { blockchain, now } = this.#options
    return blockchain.alone(() => {
      const expired = this.#pool.expire(now(), blockchain.medianTimePast())
      this.#drop([...expired, ...this.#overlong.expire(now())], 'it waited too long')
    })
  }

  /** Verifies all signatures in one go; only when one is wrong each transaction on its own. */
  async #checkMany(
    transactions: readonly Transaction[],
    verify: VerifyAll,
  ): Promise<(RuleError | undefined)[]> {
    const { blockchain } = this.#options
    const faults = transactions.map((transaction) =>
      faultOf(() => checkTransaction(transaction, blockchain.chain)),
    )
    const sound = transactions.filter((_, i) => !faults[i])
    try {
      await Promise.all([
        verify(sound.flatMap(signatureChecks)),
        blockchain.endorsements.prepareWaiting(sound),
      ])
      return faults
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
    }
    return Promise.all(
      transactions.map(
        async (transaction, i) => faults[i] ?? (await rejectionOf(verify(signatureChecks(transaction)))),
      ),
    )
  }

  /**
   * Adds it where nobody's turn is in the way. Undefined where it has to wait for its own: also where it is refused, for
   * what it lacks may be in the block that is just being written.
   */
  #addAtOnce(transaction: Transaction): Addition | undefined {
    if (!this.#options.blockchain.isWhole) return undefined
    const addition = this.#add(transaction)
    return addition.answer instanceof RuleError ? undefined : addition
  }

  /** In one step, so that no block that holds it comes in between. */
  #add(transaction: Transaction): Addition {
    const answer = this.#tryAdd(transaction)
    return { answer, kept: answer instanceof RuleError ? undefined : this.#keep([transaction]) }
  }

  #tryAdd(transaction: Transaction): Added | RuleError {
    if (this.#overlong.get(transaction.id))
      return new RuleError('POOL-1', 'the transaction is pending already')
    try {
      return this.#pool.add(transaction, this.#context())
    } catch (error) {
      if (error instanceof RuleError) return error
      throw error
    }
  }

  #context(): PoolContext {
    const { blockchain, now } = this.#options
    return {
      state: blockchain.index,
      height: blockchain.height() + 1,
      medianTimePast: blockchain.medianTimePast(),
      nowMs: now(),
    }
  }

  /** After a reorg: what the former branch held waits again, as far as it can. It was kept before it was taken off. */
  #takeBack(returned: readonly Transaction[]): void {
    const dropped = this.#pool.reorganized(returned, this.#context())
    this.#dropFor(this.#overlong.hold(dropped, this.#pool))
  }

  /** After a new tip: what was too many in a row may have become few enough. */
  #letIn(): void {
    if (this.#overlong.size === 0) return
    const { entered, dropped } = this.#overlong.enter(this.#pool, this.#context())
    for (const { transaction, added } of entered) this.#announce(transaction, added)
    this.#dropFor(dropped)
  }

  #dropFor(dropped: readonly Dropped[]): void {
    for (const { transaction, error } of dropped) this.#drop([transaction], error.message)
  }

  #announce(transaction: Transaction, { replaced, evicted }: Added): void {
    this.#drop(replaced, `replaced by ${transaction.id}`)
    this.#drop(evicted, 'the pool was full and it paid least')
    this.#options.blockchain.events.emit('pending', transaction)
  }

  /** Resolves when all are on disk. What cannot be kept does not wait either. */
  async #keep(transactions: readonly Transaction[]): Promise<void> {
    const { store, now } = this.#options
    try {
      await keepWaiting(store, transactions, now())
    } catch (error) {
      await this.#options.blockchain.alone(() => {
        this.#drop(
          transactions.flatMap(({ id }) => this.#pool.remove(id)),
          'it could not be kept on disk',
        )
      })
      throw error
    }
  }

  /** A transaction that is pending already (POOL-1) may still be on its way to the disk: whoever asks waits for that. */
  async #settled(answers: readonly (Added | RuleError)[]): Promise<void> {
    if (answers.some((answer) => answer instanceof RuleError && answer.rule === 'POOL-1'))
      await this.#options.store.settled()
  }

  #drop(transactions: readonly Transaction[], reason: string): void {
    for (const transaction of transactions) {
      this.#forget(transaction)
      this.#options.blockchain.events.emit('dropped', transaction, reason)
    }
  }

  #forget({ id }: Transaction): void {
    this.#remove(id)
  }

  #remove(id: string): void {
    this.#options.store.remove(id).catch(this.#options.onStoreError)
  }
}

function faultOf(check: () => void): RuleError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof RuleError) return error
    throw error
  }
}

async function rejectionOf(promise: Promise<void>): Promise<RuleError | undefined> {
  try {
    await promise
    return undefined
  } catch (error) {
    if (error instanceof RuleError) return error
    throw error
  }
}
