import { compareUtf8 } from '../../../src/ledger/text.js'
import type {
  TableChange,
  TableKey,
  TableName,
  TableRange,
  Tables,
} from '../../../src/contract/remote/engine/tables.js'

type Entry = { readonly key: TableKey; readonly value: unknown }

/** What a disk does with a write: keeps it, holds it back until it is told, or fails. */
export type DiskMode = 'keeps' | 'holds' | 'fails'

/** Tables in memory. What was kept outlives whoever used them; what is held back is lost with him. */
export class MemoryTables implements Tables {
  readonly #tables = new Map<TableName, Map<string, Entry>>()
  readonly #held: { readonly changes: readonly TableChange[]; readonly resolve: () => void }[] = []
  mode: DiskMode = 'keeps'
  writes = 0

  get(table: TableName, key: TableKey): unknown {
    return this.#table(table).get(JSON.stringify(key))?.value
  }

  range(table: TableName, { start, end, reverse = false, limit }: TableRange): Entry[] {
    const entries = [...this.#table(table).values()]
      .filter(({ key }) => compareKeys(key, start) >= 0 && compareKeys(key, end) < 0)
      .sort((a, b) => compareKeys(a.key, b.key))
    return (reverse ? entries.reverse() : entries).slice(0, limit)
  }

  count(table: TableName, start: TableKey, end: TableKey): number {
    return this.range(table, { start, end, limit: Infinity }).length
  }

  write(changes: readonly TableChange[]): Promise<void> {
    this.writes += 1
    if (this.mode === 'fails') return Promise.reject(new Error('no space left on the disk'))
    if (this.mode === 'keeps') {
      this.#apply(changes)
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#held.push({ changes, resolve })
    })
  }

  get isHolding(): boolean {
    return this.#held.length > 0
  }

  /** The write that is held back comes to be on the disk. */
  release(): void {
    for (const { changes, resolve } of this.#held.splice(0)) {
      this.#apply(changes)
      resolve()
    }
  }

  /** As after a crash; `keepsHeld`: it came after the write and before anybody heard of it. */
  crash(keepsHeld: boolean): void {
    for (const { changes } of this.#held.splice(0)) if (keepsHeld) this.#apply(changes)
  }

  /** Everything is gone. */
  wipe(): void {
    this.#held.length = 0
    this.#tables.clear()
  }

  #apply(changes: readonly TableChange[]): void {
    for (const { table, key, value } of changes) {
      if (value === undefined) this.#table(table).delete(JSON.stringify(key))
      else this.#table(table).set(JSON.stringify(key), { key, value })
    }
  }

  #table(name: TableName): Map<string, Entry> {
    const table = this.#tables.get(name) ?? new Map<string, Entry>()
    this.#tables.set(name, table)
    return table
  }
}

function compareKeys(a: TableKey, b: TableKey): number {
  const [partsA, partsB] = [a, b].map((key) => (typeof key === 'string' ? [key] : key)) as [
    readonly (string | number)[],
    readonly (string | number)[],
  ]
  for (let i = 0; i < Math.min(partsA.length, partsB.length); i++) {
    const order = compareParts(partsA[i] as string | number, partsB[i] as string | number)
    if (order !== 0) return order
  }
  return partsA.length - partsB.length
}

function compareParts(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number') return -1
  return typeof b === 'number' ? 1 : compareUtf8(a, b)
}
