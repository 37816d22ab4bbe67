import type { RecordField, RecordPage, RecordQueries, RecordQuery } from '../record-queries.js'
import { FieldFollower, type FieldFollowerOptions } from './field-follower.js'
import { IndexedTypes, plain } from './indexed-types.js'
import { RecordFinder } from './record-finder.js'

export type NodeRecordQueriesOptions = Omit<FieldFollowerOptions, 'types'>

/** The queries of one node: what it finds, and the index that follows the chain behind it. */
export class NodeRecordQueries implements RecordQueries {
  readonly #types: IndexedTypes
  readonly #follower: FieldFollower
  readonly #finder: RecordFinder

  constructor(options: NodeRecordQueriesOptions) {
    this.#types = new IndexedTypes(options.store)
    this.#follower = new FieldFollower({ ...options, types: this.#types })
    this.#finder = new RecordFinder({ ...options, types: this.#types })
  }

  async define(txnType: string, fields: readonly RecordField[]): Promise<void> {
    if (await this.#types.define(txnType, fields)) this.#follower.follow([txnType])
  }

  async undefine(txnType: string): Promise<void> {
    await this.#types.undefine(txnType)
    this.#follower.follow([])
  }

  fieldsOf(txnType: string): readonly RecordField[] | undefined {
    return this.#types.get(txnType)?.fields.map(plain)
  }

  find(query: RecordQuery): RecordPage {
    return this.#finder.find(query)
  }

  /** Resolves when the index is as far as the chain, or cannot go on. */
  settled(): Promise<void> {
    return this.#follower.settled()
  }

  /** Ends following. The store stays its opener's. */
  close(): Promise<void> {
    return this.#follower.close()
  }
}
