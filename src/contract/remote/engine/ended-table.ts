import { chapterOf, contractOf, type ContractRow, type EndedRow, idKey } from './rows.js'
import type { Tables } from './tables.js'

/** Dead invocations looked through that are older than what is kept besides. */
const OLD_DEAD = 1_000

/** Finds ended invocations by their ids. */
export class EndedTable {
  readonly #tables: Tables

  constructor(tables: Tables) {
    this.#tables = tables
  }

  /** The last ones first: they are asked for most. `contract`: of the id. */
  find(id: string, { lastEnded, forgottenTo }: ContractRow): EndedRow | undefined {
    const first = chapterOf(forgottenTo + 1)
    for (let chapter = chapterOf(lastEnded); chapter >= first; chapter--) {
      const row = this.#in(id, chapter)
      if (row) return row
    }
    return this.#oldDead(id, first)
  }

  /** The dead stay when those around them are forgotten. */
  #oldDead(id: string, before: number): EndedRow | undefined {
    if (before === 0) return undefined
    const base = [contractOf(id), 'dead'] as const
    const range = { start: [...base, 0], end: [...base, Number.MAX_SAFE_INTEGER], limit: OLD_DEAD }
    const numbers = this.#tables.range('ended_states', range).map(({ key }) => Number(key.at(-1)))
    for (const chapter of new Set(numbers.map(chapterOf))) {
      const row = chapter < before ? this.#in(id, chapter) : undefined
      if (row) return row
    }
    return undefined
  }

  #in(id: string, chapter: number): EndedRow | undefined {
    const number = this.#tables.get('ended_ids', idKey(id, chapter)) as number | undefined
    if (number === undefined) return undefined
    const row = this.#tables.get('ended', [contractOf(id), number]) as EndedRow | undefined
    return row?.id === id ? row : undefined
  }
}
