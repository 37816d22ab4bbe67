import type { Conflict as ConflictJson } from '../../api/schemas/contract.js'
import type { Block } from '../../ledger/block.js'
import { type Conflict, conflictOf } from '../../ledger/conflict.js'
import { parseNamespace } from '../../ledger/contracts/namespaces.js'
import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'
import { LruMap } from '../../wallet/lru-map.js'
import type { CallChain } from './call-chain.js'

/** Conflicts that are remembered, about 300 bytes each. */
const REMEMBERED = 10_000

/** Which key and which transaction kept calls from taking effect: looked up as their blocks come, while it can be told. */
export class Conflicts {
  readonly #chain: CallChain
  readonly #found = new LruMap<ConflictJson>(REMEMBERED)
  readonly #end: () => void

  constructor(chain: CallChain) {
    this.#chain = chain
    this.#end = chain.onConnected((block) => this.#connected(block))
  }

  /** Undefined where it came before this run, or too long ago. */
  of(transactionId: string): ConflictJson | undefined {
    return this.#found.get(transactionId)
  }

  close(): void {
    this.#end()
  }

  #connected({ transactions }: Block): void {
    for (const { id, payload } of transactions) {
      if (payload?.kind !== 'invocation' || !isConflict(this.#chain.place(id)?.code)) continue
      const conflict = conflictOf(payload, this.#chain.world)
      if (conflict) this.#found.set(id, this.#json(conflict))
    }
  }

  #json({ namespace, key, found }: Conflict): ConflictJson {
    const transactionId = found ? this.#chain.idAt(found) : undefined
    return { namespace, key, transaction_id: transactionId ?? null }
  }
}

export function isConflict(code: ValidationCode | undefined): boolean {
  return code === VALIDATION_CODE.MVCC_READ_CONFLICT || code === VALIDATION_CODE.PHANTOM_READ_CONFLICT
}

/** One sentence for people. */
export function conflictText({ namespace, key, transaction_id: winner }: ConflictJson): string {
  const who = winner === null ? 'a transaction that deleted it' : `transaction ${winner}`
  return `${placeName(namespace, key)} was changed by ${who} after the call had read it`
}

function placeName(namespace: string, key: string): string {
  const parsed = parseNamespace(namespace)
  const name = JSON.stringify(key)
  if (!parsed) return `key ${name} of ${namespace}`
  const of =
    parsed.collection === undefined
      ? parsed.contract
      : `collection ${parsed.collection} of ${parsed.contract}`
  const what = parsed.collection === undefined ? `key ${name}` : `the key of hash ${name}`
  return `${parsed.isMetadata ? 'the metadata of ' : ''}${what} of ${of}`
}
