import type { Blockchain } from '../../chain/blockchain.js'
import type { Block } from '../../ledger/block.js'
import { DefinitionMemory } from '../../ledger/contracts/definition-memory.js'
import type { ContractDefinition } from '../../ledger/contracts/definition.js'
import { LIFECYCLE } from '../../ledger/contracts/namespaces.js'
import { LruMap } from '../../wallet/lru-map.js'

/** What all definitions say together. */
interface Overview {
  /** Of processes. */
  readonly ids: ReadonlySet<string>
  /** Root certificates (PEM) by MSP id. */
  readonly roots: ReadonlyMap<string, ReadonlySet<string>>
}

const NOTHING: ReadonlySet<string> = new Set()

/** Of contracts that calls ask for, a few MB. */
const FOUND = 256

/** What is deployed after the last block; texts are decoded once, all of them are gone through once for each deployment. */
export class DeployedContracts {
  readonly memory = new DefinitionMemory()
  readonly #blockchain: Pick<Blockchain, 'index' | 'events'>
  #overview: Overview | undefined
  /** What was asked for since the last deployment. */
  #found = new LruMap<ContractDefinition>(FOUND)

  constructor(blockchain: Pick<Blockchain, 'index' | 'events'>) {
    this.#blockchain = blockchain
    blockchain.events.on('connected', this.#changed).on('disconnected', this.#changed)
  }

  of(contract: string): ContractDefinition | undefined {
    const known = this.#found.get(contract)
    if (known) return known
    const definition = this.memory.find(this.#blockchain.index, contract)?.definition
    if (definition) this.#found.set(contract, definition)
    return definition
  }

  /** Whether some contract's process has this id. */
  hasId(id: string): boolean {
    return this.#all().ids.has(id)
  }

  /** Root certificates (PEM) that any contract names for the organisation. */
  rootsOf(mspId: string): ReadonlySet<string> {
    return this.#all().roots.get(mspId) ?? NOTHING
  }

  close(): void {
    this.#blockchain.events.off('connected', this.#changed).off('disconnected', this.#changed)
  }

  readonly #changed = ({ transactions }: Block): void => {
    if (!transactions.some(({ payload }) => payload?.kind === 'invocation' && payload.contract === LIFECYCLE))
      return
    this.#overview = undefined
    this.#found = new LruMap(FOUND)
  }

  #all(): Overview {
    return (this.#overview ??= this.#goThrough())
  }

  #goThrough(): Overview {
    const ids = new Set<string>()
    const roots = new Map<string, Set<string>>()
    for (const { id, organisations } of this.memory.list(this.#blockchain.index)) {
      ids.add(id)
      for (const { mspId, rootCertificates } of organisations) {
        const known = roots.get(mspId) ?? new Set()
        roots.set(mspId, known)
        for (const pem of rootCertificates) known.add(pem)
      }
    }
    return { ids, roots }
  }
}
