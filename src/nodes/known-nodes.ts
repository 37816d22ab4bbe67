import type { AddressPolicy } from './address-policy.js'
import type { ProfileRules } from './profile.js'
import { canonicalRecord, keyOf, type NodeRecord } from './record.js'
import { ShunnedNodes } from './shunned.js'

interface Listed {
  readonly record: NodeRecord
  /** In a row, of each kind: a node that greets but keeps its list to itself is not well. */
  readonly failures: Record<Check, number>
}

/** What is asked of a node. */
export type Check = 'greeting' | 'list'

interface Candidate {
  readonly record: NodeRecord
  /** Who named it: an address or a node; caps are counted per source. */
  readonly source: string
}

/** What became of a node somebody named. */
export type Outcome = 'listed' | 'candidate' | 'known' | 'self' | 'seed' | 'refused' | 'shunned' | 'full'

export interface KnownNodesOptions {
  readonly rules: ProfileRules
  readonly policy: AddressPolicy
  /** Nodes this node looks for by itself. Others may introduce themselves up to twice as many. */
  readonly limit: number
  /** Shortest time a dropped node is shunned, in ms. */
  readonly shunMs: number
  readonly isSelf: (record: NodeRecord) => boolean
  readonly isSeed: (record: NodeRecord) => boolean
  readonly now: () => number
  readonly onChange: () => void
}

const MAX_ALIASES = 256

/**
 * The nodes this node knows. Listed nodes are served to others and checked every round; candidates wait for their first
 * check; dropped nodes are shunned for a while. Every count is bounded.
 */
export class KnownNodes {
  readonly #options: KnownNodesOptions
  readonly #listed = new Map<string, Listed>()
  readonly #candidates = new Map<string, Candidate>()
  readonly #shunned: ShunnedNodes
  readonly #aliases = new Set<string>()
  #list: readonly NodeRecord[] = []

  constructor(options: KnownNodesOptions) {
    this.#options = options
    this.#shunned = new ShunnedNodes(options.shunMs, options.now)
  }

  /** Listed nodes, oldest first. The array is never changed afterwards. */
  list(): readonly NodeRecord[] {
    return this.#list
  }

  /** The listed node with this key ({@link keyOf}). */
  find(key: string): NodeRecord | undefined {
    return this.#listed.get(key)?.record
  }

  candidates(): readonly NodeRecord[] {
    return [...this.#candidates.values()].map(({ record }) => record)
  }

  isBelowLimit(): boolean {
    return this.#listed.size < this.#options.limit
  }

  /** A node speaks for itself. `source` is the address of its connection. */
  introduce(named: NodeRecord, source: string): Outcome {
    const record = canonicalRecord(named)
    const key = keyOf(record)
    const obstacle = this.#obstacle(record)
    if (obstacle) return obstacle
    if (this.#shunned.isBanned(key)) return 'shunned'
    if (this.#options.rules.verifyBeforeListing) return this.#addCandidate(record, source)
    if (this.#isFull()) return 'full'
    this.#shunned.forgive(key)
    return this.#add(record)
  }

  /** Somebody names another node. `source` is who said so. */
  hear(named: NodeRecord, source: string): Outcome {
    const record = canonicalRecord(named)
    const key = keyOf(record)
    const obstacle = this.#obstacle(record)
    if (obstacle) return obstacle
    if (this.#shunned.has(key)) return 'shunned'
    if (this.#isFull()) return 'full'
    if (this.#options.rules.verifyBeforeListing || this.#shunned.isSuspect(key)) return this.#addCandidate(record, source)
    return this.#add(record)
  }

  /** Puts back what an earlier run knew; such nodes are checked like all others. */
  restore(records: readonly NodeRecord[]): void {
    for (const record of records.map(canonicalRecord)) {
      if (!this.#isFull() && !this.#obstacle(record)) this.#add(record)
    }
  }

  /** The node answered as it should. */
  confirm(record: NodeRecord): void {
    const key = keyOf(record)
    const listed = this.#listed.get(key)
    if (listed) listed.failures.greeting = 0
    const wasCandidate = this.#candidates.delete(key)
    if (!wasCandidate && !listed) return
    this.#shunned.forgive(key)
    if (!this.#isFull()) this.#add(record)
  }

  /** The node told the nodes it knows. */
  told(record: NodeRecord): void {
    const listed = this.#listed.get(keyOf(record))
    if (listed) listed.failures.list = 0
  }

  /** The node did not answer. Returns whether it was dropped. */
  fail(record: NodeRecord, check: Check = 'greeting'): boolean {
    const key = keyOf(record)
    const listed = this.#listed.get(key)
    if (listed && ++listed.failures[check] < this.#options.rules.maxFailures) return false
    this.#shunned.add(key)
    return this.#drop(key)
  }

  /** The node answered what no honest node answers. */
  ban(record: NodeRecord): void {
    this.#shunned.add(keyOf(record), this.#options.rules.banMs)
    this.#drop(keyOf(record))
  }

  /** The address is another one of this node or its seed server: it is never stored again. */
  markAlias(record: NodeRecord): void {
    if (this.#aliases.size < MAX_ALIASES) this.#aliases.add(keyOf(record))
    this.#shunned.add(keyOf(record))
    this.#drop(keyOf(record))
  }

  /** Forgets a node on the operator's word. Returns whether it was listed. */
  remove(named: NodeRecord): boolean {
    const key = keyOf(canonicalRecord(named))
    this.#shunned.add(key)
    return this.#drop(key)
  }

  /** This node changed its chain: yesterday's strangers may be of today's network. */
  forgiveAll(): void {
    this.#shunned.clear()
  }

  /** Why an address is refused, for an error text. */
  refusal(record: NodeRecord): string | undefined {
    return this.#options.policy.refusal(canonicalRecord(record))
  }

  #isFull(): boolean {
    return this.#listed.size >= 2 * this.#options.limit
  }

  #obstacle(record: NodeRecord): Outcome | undefined {
    const key = keyOf(record)
    if (this.#options.isSelf(record) || this.#aliases.has(key)) return 'self'
    if (this.#options.isSeed(record)) return 'seed'
    if (this.#listed.has(key)) return 'known'
    if (this.#options.policy.refusal(record) !== undefined) return 'refused'
    return undefined
  }

  #addCandidate(record: NodeRecord, source: string): Outcome {
    const { maxCandidates, maxCandidatesPerSource } = this.#options.rules
    const key = keyOf(record)
    if (this.#candidates.has(key)) return 'candidate'
    const ofSource = [...this.#candidates.values()].filter((candidate) => candidate.source === source).length
    if (this.#candidates.size >= maxCandidates || ofSource >= maxCandidatesPerSource) return 'full'
    this.#candidates.set(key, { record, source })
    return 'candidate'
  }

  #add(record: NodeRecord): Outcome {
    const key = keyOf(record)
    if (this.#listed.has(key)) return 'known'
    this.#candidates.delete(key)
    this.#listed.set(key, { record, failures: { greeting: 0, list: 0 } })
    this.#changed()
    return 'listed'
  }

  #drop(key: string): boolean {
    this.#candidates.delete(key)
    if (!this.#listed.delete(key)) return false
    this.#changed()
    return true
  }

  #changed(): void {
    this.#list = [...this.#listed.values()].map(({ record }) => record)
    this.#options.onChange()
  }
}
