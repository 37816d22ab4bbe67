import type { WorldView } from '../world-state.js'
import type { FindDefinition } from './contract-access.js'
import { type ContractDefinition, definitionKey, readDefinitionText } from './definition.js'
import { isContractName, LIFECYCLE } from './namespaces.js'

/** Definitions that are kept decoded. */
const CAPACITY = 64

/**
 * Definitions by their text, decoded: every call asks for one, and a text means the same always. The oldest are forgotten
 * first.
 */
export class DefinitionMemory {
  readonly #definitions = new Map<string, ContractDefinition>()

  /** Finds definitions in `world`, each looked up once: for the time of one call. */
  finder(world: WorldView): FindDefinition {
    const found = new Map<string, ContractDefinition | undefined>()
    return (contract) => {
      if (!found.has(contract)) found.set(contract, this.#read(world, contract))
      return found.get(contract)
    }
  }

  #read(world: WorldView, contract: string): ContractDefinition | undefined {
    const value = isContractName(contract)
      ? world.worldValue(LIFECYCLE, definitionKey(contract))?.value
      : undefined
    return value && 'text' in value ? this.#decoded(value.text) : undefined
  }

  #decoded(text: string): ContractDefinition {
    const known = this.#definitions.get(text)
    if (known) return known
    const definition = readDefinitionText(text)
    for (const oldest of this.#definitions.keys()) {
      if (this.#definitions.size < CAPACITY) break
      this.#definitions.delete(oldest)
    }
    this.#definitions.set(text, definition)
    return definition
  }
}
