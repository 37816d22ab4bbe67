import pLimit, { type LimitFunction } from 'p-limit'
import type { BlockchainInfo } from '../api/schemas/info.js'
import { messageOf } from '../base/errors.js'
import type { KnownNodes } from './known-nodes.js'
import { type PeerClient, PeerError } from './peer-client.js'
import { canonicalRecord, keyOf, type NodeRecord, urlOf } from './record.js'

/** The chain as discovery sees it. */
export interface ChainIdentity {
  chainId(): string
  /** Whether the info of the seed server may replace ours: no block yet, and nobody pinned it. */
  isAdoptable(): boolean
  /** Takes over the info of the seed server; returns whether anything changed. */
  adopt(info: BlockchainInfo): Promise<boolean>
}

export interface DiscoveryLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface DiscoveryOptions {
  readonly known: KnownNodes
  readonly peers: PeerClient
  readonly chain: ChainIdentity
  /** This node, told to others; absent for a seed server, which never announces itself. */
  readonly announce: NodeRecord | undefined
  /** Where the seed server answers; absent for a seed server. */
  readonly seedUrl: string | undefined
  /** Called when the seed server says who it is, so that it is never taken for a peer. */
  readonly onSeedRecord: (record: NodeRecord) => void
  readonly isSelf: (record: NodeRecord) => boolean
  readonly requireChainId: boolean
  readonly parallelCalls: number
  /** A number in [0, 1). */
  readonly random: () => number
  readonly log: DiscoveryLog
}

/** What one round did. */
export interface RoundReport {
  readonly checked: number
  readonly dropped: number
  readonly asked: number
  readonly learned: number
  readonly askedSeed: boolean
  readonly seedAnswered: boolean | undefined
}

/**
 * One node's view of finding the others: check the known nodes, ask them for theirs while there are too few, and ask
 * the seed server as a last resort. Local reads are function calls; only other nodes are called over the network.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #limit: LimitFunction
  #isStopped = false

  constructor(options: DiscoveryOptions) {
    this.#options = options
    this.#limit = pLimit(options.parallelCalls)
  }

  /** Calls under way are about to be cut: their failure says nothing about the nodes. */
  stop(): void {
    this.#isStopped = true
  }

  async round(): Promise<RoundReport> {
    const { known } = this.#options
    const seedAnswered = await this.#greetSeed()
    const before = known.list()
    const dropped = await this.#check([...before, ...known.candidates()])
    const asked = await this.#askKnownNodes()
    const askedSeed = this.#options.seedUrl !== undefined && known.isBelowLimit()
    if (askedSeed) await this.#learnFrom(this.#options.seedUrl, 'seed')
    const knownBefore = new Set(before.map(keyOf))
    const learned = known.list().filter((record) => !knownBefore.has(keyOf(record))).length
    return { checked: before.length, dropped, asked, learned, askedSeed, seedAnswered }
  }

  /** Dials the nodes that wait for their first check; between rounds, so that newcomers need not wait for one. */
  async verifyCandidates(): Promise<void> {
    await this.#check(this.#options.known.candidates())
  }

  /**
   * Introduces this node to its seed server, which may have lost its memory, and takes over the chain that the seed
   * server founded. Returns whether it answered; undefined without a seed server.
   */
  async #greetSeed(): Promise<boolean | undefined> {
    const { seedUrl, peers, announce, chain, known, log, onSeedRecord } = this.#options
    if (seedUrl === undefined) return undefined
    try {
      if (chain.isAdoptable() && (await chain.adopt(await peers.info(seedUrl)))) {
        known.forgiveAll()
        log.info({ chainId: chain.chainId() }, 'took over the blockchain info of the seed server')
      }
      const { record } = await peers.greet(seedUrl, announce)
      onSeedRecord(canonicalRecord(record))
      return true
    } catch (error) {
      if (!this.#isStopped) log.warn({ seed: seedUrl, reason: messageOf(error) }, 'the seed server is out of reach')
      return false
    }
  }

  /** Greets every node; returns how many were dropped. */
  async #check(records: readonly NodeRecord[]): Promise<number> {
    const results = await Promise.all(records.map((record) => this.#limit(() => this.#checkOne(record))))
    return results.filter((dropped) => dropped).length
  }

  async #checkOne(record: NodeRecord): Promise<boolean> {
    const { known, peers, announce, log } = this.#options
    try {
      const greeting = await peers.greet(urlOf(record), announce)
      return this.#judge(record, canonicalRecord(greeting.record), greeting.chainId)
    } catch (error) {
      if (this.#isStopped) return false
      const dropped = error instanceof PeerError && error.fault === 'misbehaved' ? this.#ban(record) : known.fail(record)
      if (dropped) log.info({ node: keyOf(record), reason: messageOf(error) }, 'dropped a node')
      return dropped
    }
  }

  #ban(record: NodeRecord): true {
    this.#options.known.ban(record)
    return true
  }

  /** Holds the answer of a node against the address it was dialled at. Returns whether the node was dropped. */
  #judge(dialled: NodeRecord, answered: NodeRecord, chainId: string | undefined): boolean {
    const { known, chain, log, isSelf, requireChainId } = this.#options
    if (keyOf(answered) !== keyOf(dialled)) {
      known.markAlias(dialled)
      log.info({ node: keyOf(dialled), answers_as: keyOf(answered) }, 'dropped a node that goes by another address')
      if (!isSelf(answered)) known.hear(answered, keyOf(dialled))
      return true
    }
    if (chainId === undefined ? requireChainId : chainId !== chain.chainId()) {
      known.remove(dialled)
      log.info({ node: keyOf(dialled), chain_id: chainId }, 'dropped a node of another chain')
      return true
    }
    known.confirm(dialled)
    return false
  }

  /** Asks known nodes for theirs, in random order, until there are enough. Returns how many were asked. */
  async #askKnownNodes(): Promise<number> {
    const { known } = this.#options
    let asked = 0
    const ask = async (record: NodeRecord): Promise<void> => {
      if (!known.isBelowLimit()) return
      asked++
      await this.#learnFrom(urlOf(record), keyOf(record))
    }
    await Promise.all(this.#shuffled(known.list()).map((record) => this.#limit(() => ask(record))))
    return asked
  }

  async #learnFrom(baseUrl: string | undefined, source: string): Promise<void> {
    const { known, peers, announce, log } = this.#options
    if (baseUrl === undefined) return
    try {
      for (const record of this.#shuffled(await peers.nodes(baseUrl, announce))) {
        if (!known.isBelowLimit()) return
        known.hear(record, source)
      }
    } catch (error) {
      log.debug({ node: source, reason: messageOf(error) }, 'a node did not tell its nodes')
    }
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const result = [...items]
    for (let i = result.length - 1; i > 0; i--) {
      const j = Math.floor(this.#options.random() * (i + 1))
      ;[result[i], result[j]] = [result[j] as T, result[i] as T]
    }
    return result
  }
}
