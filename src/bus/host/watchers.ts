import type { Occurrence, Watch, Watching } from './offered-method.js'

interface Watcher {
  readonly watch: Watch
  count: number
}

/** Those who want to be told of every so many events. */
export class Watchers {
  readonly #watchers = new Set<Watcher>()

  get size(): number {
    return this.#watchers.size
  }

  /** `countBefore`: events that count already. */
  add(watch: Watch, start: readonly Occurrence[] = [{}], countBefore = 0): Watching {
    const watcher = { watch, count: countBefore }
    this.#watchers.add(watcher)
    return { start, stop: () => this.#watchers.delete(watcher) }
  }

  /** An event: `occurrence` is told to those whose turn it is. */
  fire(occurrence: Occurrence | ((watch: Watch) => Occurrence) = {}): void {
    for (const watcher of [...this.#watchers]) {
      watcher.count += 1
      if (watcher.count % watcher.watch.everyEvents !== 0) continue
      const { watch } = watcher
      watch.onOccurrence(typeof occurrence === 'function' ? occurrence(watch) : occurrence)
    }
  }
}
