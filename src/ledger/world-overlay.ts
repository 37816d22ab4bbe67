import { placeOf } from './sorted-keys.js'
import { compareUtf8 } from './text.js'
import type { VersionedValue, WorldEntry, WorldRestore, WorldView, WorldWrite } from './world-state.js'

/** The keys one namespace got since the base, in UTF-8 byte order; null where a key of the base is gone. */
interface Layer {
  readonly keys: string[]
  readonly values: Map<string, VersionedValue | null>
}

/** The world state of a base with the writes of a block on top, while the block is being judged. */
export class WorldOverlay implements WorldView {
  readonly #base: WorldView
  readonly #layers = new Map<string, Layer>()
  readonly #writes: WorldWrite[] = []
  readonly #restores: WorldRestore[] = []

  constructor(base: WorldView) {
    this.#base = base
  }

  /** All writes so far, in their order. */
  get writes(): readonly WorldWrite[] {
    return this.#writes
  }

  /** What the base held at each key that changed, each key once. */
  get restores(): readonly WorldRestore[] {
    return this.#restores
  }

  worldValue(namespace: string, key: string): VersionedValue | undefined {
    const own = this.#layers.get(namespace)?.values.get(key)
    return own === undefined ? this.#base.worldValue(namespace, key) : (own ?? undefined)
  }

  worldRange(namespace: string, start: string, end: string): Iterable<WorldEntry> {
    const below = this.#base.worldRange(namespace, start, end)
    const layer = this.#layers.get(namespace)
    return layer ? merge(below, layer, start, end) : below
  }

  write(write: WorldWrite): void {
    this.#writes.push(write)
    const { namespace, key, value, version } = write
    const layer = this.#layerOf(namespace)
    if (!layer.values.has(key)) {
      const before = this.#base.worldValue(namespace, key) ?? null
      // Deleting what is not there changes nothing (WS-8), and must not slow down the scans that come after it.
      if (before === null && value === null) return
      this.#restores.push({ namespace, key, before })
      layer.keys.splice(placeOf(layer.keys, key), 0, key)
    }
    layer.values.set(key, value === null ? null : { value, version })
  }

  #layerOf(namespace: string): Layer {
    let layer = this.#layers.get(namespace)
    if (!layer) {
      layer = { keys: [], values: new Map() }
      this.#layers.set(namespace, layer)
    }
    return layer
  }
}

/** Entries of both in order; where both have a key, the layer decides. */
function* merge(
  below: Iterable<WorldEntry>,
  { keys, values }: Layer,
  start: string,
  end: string,
): Generator<WorldEntry> {
  let next = placeOf(keys, start)
  const until = end === '' ? keys.length : placeOf(keys, end)
  for (const entry of below) {
    while (next < until && compareUtf8(keys[next] as string, entry.key) < 0) {
      yield* entryOf(keys[next++] as string, values)
    }
    if (!values.has(entry.key)) yield entry
  }
  while (next < until) yield* entryOf(keys[next++] as string, values)
}

function* entryOf(key: string, values: Layer['values']): Generator<WorldEntry> {
  const found = values.get(key)
  if (found) yield { key, ...found }
}
