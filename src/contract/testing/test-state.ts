import { hashedKey, privateNamespace } from '../../ledger/contracts/namespaces.js'
import { bytesOf } from '../../ledger/payload/binary.js'
import type { MemoryWorld } from '../simulation/memory-world.js'

/** A value that a key had or has. */
export interface TestHistoryEntry {
  readonly callId: string
  readonly time: Date
  /** Undefined: it was deleted. */
  readonly value: string | undefined
}

/** The committed state of one contract, to look at in tests. Values are taken for text. */
export class TestState {
  readonly #world: MemoryWorld
  readonly #contract: string

  constructor(world: MemoryWorld, contract: string) {
    this.#world = world
    this.#contract = contract
  }

  /** Undefined where the key is absent. */
  get(key: string): string | undefined {
    const found = this.#world.snapshot().worldValue(this.#contract, key)
    return found && textOf(bytesOf(found.value))
  }

  /** The value at the key, which must be JSON; undefined where the key is absent. */
  getJson(key: string): unknown {
    const value = this.get(key)
    return value === undefined ? undefined : JSON.parse(value)
  }

  /** All keys, composite ones included, in UTF-8 byte order. */
  keys(): readonly string[] {
    return [...this.#world.snapshot().worldRange(this.#contract, '', '')].map(({ key }) => key)
  }

  /** The newest first. */
  history(key: string): readonly TestHistoryEntry[] {
    const entries = [...this.#world.snapshot().history(this.#contract, key)]
    return entries.map(({ callId, timestampMs, value }) => ({
      callId,
      time: new Date(timestampMs),
      value: value ? textOf(value) : undefined,
    }))
  }

  /** Undefined where the key is absent. */
  getPrivate(collection: string, key: string): string | undefined {
    const namespace = privateNamespace(this.#contract, collection)
    const found = this.#world.snapshot().worldValue(namespace, hashedKey(key))
    if (!found) return undefined
    const hash = Buffer.from(bytesOf(found.value)).toString('hex')
    const value = this.#world.privateValues.get(this.#contract, collection, key, hash)
    return value && textOf(value)
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
