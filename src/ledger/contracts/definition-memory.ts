import { utf8Length } from '../text.js'
import type { WorldView } from '../world-state.js'
import { type ContractDefinition, definitionKey, listDefinitions, readDefinitionText } from './definition.js'
import { isContractName, LIFECYCLE } from './namespaces.js'

/** Definitions that are kept decoded, by the bytes of their texts. */
const CAPACITY_BYTES = 16_000_000

/** A definition decoded, and how long its text is. */
interface Known {
  readonly definition: ContractDefinition
  readonly bytes: number
}

/**
 * Definitions by their text, decoded: every call asks for one, and a text means the same always. The oldest are forgotten
 * first.
 */
export class DefinitionMemory {
  readonly #known = new Map<string, Known>()
  #bytes = 0

  find(world: WorldView, contract: string): Known | undefined {
    if (!isContractName(contract)) return undefined
    const value = world.worldValue(LIFECYCLE, definitionKey(contract))?.value
    if (!value || !('text' in value)) return undefined
    return this.#read(value.text)
  }

  /** All contracts that are deployed, by name. */
  list(world: WorldView): Iterable<ContractDefinition> {
    return listDefinitions(world, (text) => this.#read(text).definition)
  }

  #read(text: string): Known {
    return this.#known.get(text) ?? this.#keep(text)
  }

  #keep(text: string): Known {
    const known = { definition: readDefinitionText(text), bytes: utf8Length(text) }
    this.#known.set(text, known)
    this.#bytes += known.bytes
    for (const [oldest, { bytes }] of this.#known) {
      if (this.#bytes <= CAPACITY_BYTES) break
      this.#known.delete(oldest)
      this.#bytes -= bytes
    }
    return known
  }
}

/** The definitions that one call has to do with, each looked up once. */
export class CallDefinitions {
  readonly #memory: DefinitionMemory
  readonly #world: WorldView
  readonly #found = new Map<string, ContractDefinition | undefined>()
  #bytes = 0

  constructor(memory: DefinitionMemory, world: WorldView) {
    this.#memory = memory
    this.#world = world
  }

  /** What the texts of all that were looked up take together. */
  get bytes(): number {
    return this.#bytes
  }

  /** Undefined where no contract of this name is deployed. */
  of(contract: string): ContractDefinition | undefined {
    if (!this.#found.has(contract)) {
      const known = this.#memory.find(this.#world, contract)
      this.#bytes += known?.bytes ?? 0
      this.#found.set(contract, known?.definition)
    }
    return this.#found.get(contract)
  }
}
