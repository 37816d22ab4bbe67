import { setImmediate as turn } from 'node:timers/promises'

interface Group<Change> {
  readonly changes: Change[]
  readonly written: Promise<void>
}

/**
 * Writes what is added in one turn of the event loop, or while the last write is under way, in one go: never two writes at
 * once, and whoever waits learns what became of the write that his change was part of.
 */
export class GroupWrites<Change> {
  readonly #write: (changes: readonly Change[]) => Promise<void>
  #gathering: Group<Change> | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(write: (changes: readonly Change[]) => Promise<void>) {
    this.#write = write
  }

  /** Resolves when it is written, and rejects when all that was to be written with it is not. */
  add(...changes: readonly Change[]): Promise<void> {
    const group = (this.#gathering ??= this.#begin())
    group.changes.push(...changes)
    return group.written
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    for (let last; last !== this.#last;) {
      last = this.#last
      await last
    }
  }

  #begin(): Group<Change> {
    const changes: Change[] = []
    const written = this.#afterLast(changes)
    this.#last = written.catch(() => undefined)
    return { changes, written }
  }

  async #afterLast(changes: readonly Change[]): Promise<void> {
    await Promise.all([this.#last, turn()])
    this.#gathering = undefined
    await this.#write(changes)
  }
}
