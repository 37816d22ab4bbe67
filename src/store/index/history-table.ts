import type { Database, Transaction } from 'lmdb'
import type { Block } from '../../ledger/block.js'
import { historyOf } from '../../ledger/contracts/history.js'
import { bytesOf } from '../../ledger/payload/binary.js'
import type { ValidationCode } from '../../ledger/validation-code.js'
import type { HistoryEntry } from '../../ledger/world-snapshot.js'
import { inChunks } from './in-chunks.js'
import { afterPrefix, historyKey, historyPrefix } from './keys.js'
import type { KeptHistory } from './tables.js'

type CodeOf = (transactionId: string, index: number) => ValidationCode

/** What valid calls wrote at each key of the contracts' public state. */
export class HistoryTable {
  readonly #history: Database<KeptHistory, Buffer>

  constructor(history: Database<KeptHistory, Buffer>) {
    this.#history = history
  }

  connect(block: Block, codeOf: CodeOf): void {
    for (const { namespace, key, version, callId, timestampMs, value } of historyOf(block, codeOf)) {
      this.#history.putSync(historyKey(namespace, key, version), { callId, timestampMs, value })
    }
  }

  /** Takes out what {@link connect} put in. */
  disconnect(block: Block, codeOf: CodeOf): void {
    for (const { namespace, key, version } of historyOf(block, codeOf)) {
      this.#history.removeSync(historyKey(namespace, key, version))
    }
  }

  /** The newest first. */
  *of(namespace: string, key: string, transaction?: Transaction): Generator<HistoryEntry> {
    const prefix = historyPrefix(namespace, key)
    const range = { start: afterPrefix(prefix), end: prefix, reverse: true }
    for (const { value: kept } of inChunks(this.#history, range, transaction)) {
      const { callId, timestampMs, value } = kept
      yield { callId, timestampMs, value: value && bytesOf(value) }
    }
  }
}
