import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import type { Json } from '../../../../src/base/json.js'
import type { FoundRecord, RecordPlace, RecordQuery } from '../../../../src/contract/remote/record-queries.js'
import { NodeRecordQueries } from '../../../../src/contract/remote/records/node-record-queries.js'
import type { RecordLanes } from '../../../../src/contract/remote/records/record-lanes.js'
import type { Transaction } from '../../../../src/ledger/transaction.js'
import { VALIDATION_CODE } from '../../../../src/ledger/validation-code.js'
import { RecordFields } from '../../../../src/store/remote/record-fields.js'
import { openRemoteRoot } from '../../../../src/store/remote/remote-root.js'
import { addressOf, START, testChain, transactionOf } from '../../../ledger/make-chain.js'
import { IndexChain } from '../../../store/index-chain.js'
import { removeFolder } from '../../../support/chain.js'
import { memoryFolder } from '../../../support/memory-folder.js'

export const chain = testChain()

export interface Made {
  readonly kind: 'record' | 'output'
  readonly txnType: string
  readonly tag: string
  readonly payload: Json
  readonly invoker: string
  readonly timestamp?: number
}

/** Records in an index that is put on and taken off by hand, and the queries of it. */
export class QueryKit {
  readonly walked: IndexChain
  readonly errors: unknown[] = []
  nowMs = 0
  /** What looking at a record takes, and how many were looked at. */
  costMs = 0
  looks = 0
  queries: NodeRecordQueries
  #root: RootDatabase<unknown, string>
  readonly #folder: string
  readonly #listeners = new Set<(txnTypes: Iterable<string>) => void>()
  /** Types of the blocks, from block 0 up. */
  readonly #types: string[][] = []
  #made = 0

  private constructor(walked: IndexChain, folder: string) {
    this.walked = walked
    this.#folder = folder
    this.#root = openRemoteRoot(join(folder, 'remote'))
    this.queries = this.#open()
  }

  static async open(): Promise<QueryKit> {
    return new QueryKit(await IndexChain.open(chain, () => VALIDATION_CODE.VALID), await memoryFolder())
  }

  mine(...made: readonly Made[]): void {
    this.walked.mine(...made.map((each) => this.#transaction(each)))
    this.#types.push(made.map(({ txnType }) => txnType))
    this.#tell(this.#types.at(-1) ?? [])
  }

  takeOff(): void {
    if (this.walked.blocks.length === 0) return
    this.walked.takeOff()
    this.#tell(this.#types.pop() ?? [])
  }

  /** As after a restart. */
  async reopen(): Promise<void> {
    await this.queries.close()
    await this.#root.close()
    this.#root = openRemoteRoot(join(this.#folder, 'remote'))
    this.queries = this.#open()
  }

  async close(): Promise<void> {
    await this.queries.close()
    await this.#root.close()
    await this.walked.close()
    await removeFolder(this.#folder)
  }

  /** All pages together. */
  all(query: RecordQuery): FoundRecord[] {
    const found: FoundRecord[] = []
    for (let after: RecordPlace | null | undefined = query.after; ;) {
      const page = this.queries.find({ ...query, ...(after ? { after } : {}) })
      found.push(...page.found)
      if (!page.next) return found
      after = page.next
    }
  }

  #tell(txnTypes: readonly string[]): void {
    for (const listener of this.#listeners) listener(txnTypes)
  }

  #open(): NodeRecordQueries {
    const { index } = this.walked
    const lanes: RecordLanes = {
      hashAt: (height) => index.activeHash(height),
      count: (lane, txnType) => index.records.count(lane, txnType),
      at: (lane, txnType, ordinal) => {
        this.nowMs += this.costMs
        this.looks += 1
        return index.records.at(lane, txnType, ordinal)
      },
      placeAt: (lane, txnType, ordinal) => index.records.placeAt(lane, txnType, ordinal),
      onChange: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
    }
    const onError = (error: unknown): void => void this.errors.push(error)
    return new NodeRecordQueries({
      store: new RecordFields(this.#root),
      lanes,
      now: () => this.nowMs,
      onError,
    })
  }

  #transaction({ kind, txnType, tag, payload: json, invoker: by, timestamp }: Made): Transaction {
    this.#made += 1
    const said = { txnType, tag, payload: json, invoker: addressOf(by) }
    const invokedBy = `record ${this.#made}`
    const payload =
      kind === 'record'
        ? ({ kind, ...said } as const)
        : ({ kind, ...said, contract: 'c', invokedBy } as const)
    return transactionOf(chain, { payload, by: [by], timestamp: timestamp ?? START + this.#made })
  }
}
