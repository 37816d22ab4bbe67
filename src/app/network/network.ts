import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { ipRange } from '../../base/ip.js'
import type { NodeRecord } from '../../nodes/record.js'
import type { NetworkSettings } from './network-settings.js'
import { type Ending, NodeProcess } from './node-process.js'
import { argsOf, type NetworkPlan, type NodePlan } from './plan.js'

export interface NetworkEvents {
  readonly onLine: (name: string, text: string, from: 'stdout' | 'stderr') => void
  readonly onReady: (node: NodeProcess) => void
  /** A node that was up has ended, and nobody asked it to. */
  readonly onLost: (node: NodeProcess, ending: Ending) => void
}

const TOKEN_VARIABLE = 'TERRARIUM_ADMIN_TOKEN'
const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 5_000

/** The processes of a network, from the first to the last. */
export class Network {
  readonly #settings: NetworkSettings
  readonly #plan: NetworkPlan
  readonly #events: NetworkEvents
  /** What calls that change a node must carry; undefined where none is needed, on loopback. */
  readonly adminToken: string | undefined
  readonly #nodes: NodeProcess[] = []
  #isStopping = false

  constructor(settings: NetworkSettings, plan: NetworkPlan, events: NetworkEvents) {
    this.#settings = settings
    this.#plan = plan
    this.#events = events
    this.adminToken = process.env[TOKEN_VARIABLE] ?? ownToken(settings.ip)
  }

  /** Started so far, the seed server first. */
  get nodes(): readonly NodeProcess[] {
    return this.#nodes
  }

  /**
   * Starts the seed server, then all clients at once: were some left for later, the calls among the first might take the
   * ports of the others, which lie where systems choose ports for outgoing calls. Resolves when all are up.
   * @throws {Error} naming the node that did not start; the others are left running
   */
  async start(): Promise<void> {
    const seed = await this.#startOne(this.#plan.seed, undefined)
    await Promise.all(this.#plan.clients.map((client) => this.#startOne(client, seed)))
  }

  /** Resolves when no process is left. */
  async untilEnded(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.ended))
  }

  /** Asks all to stop and kills those that take too long; returns the names of these. */
  async stop(): Promise<string[]> {
    this.#isStopping = true
    for (const node of this.#nodes) node.signal('SIGTERM')
    const patience = new AbortController()
    const limit = delay(STOP_LIMIT_MS, undefined, { signal: patience.signal }).catch(() => undefined)
    await Promise.race([this.untilEnded(), limit])
    patience.abort()
    const stragglers = this.#nodes.filter((node) => !node.hasEnded)
    this.kill()
    await this.untilEnded()
    return stragglers.map((node) => node.name)
  }

  /** Ends all at once. */
  kill(): void {
    this.#isStopping = true
    for (const node of this.#nodes) node.signal('SIGKILL')
  }

  async #startOne(plan: NodePlan, seed: NodeRecord | undefined): Promise<NodeRecord> {
    if (this.#isStopping) throw new Error(`${plan.name} was not started`)
    const environment = this.adminToken === undefined ? {} : { [TOKEN_VARIABLE]: this.adminToken }
    const node = new NodeProcess(plan, argsOf(plan, this.#settings, seed), environment, (text, from) =>
      this.#events.onLine(plan.name, text, from),
    )
    this.#nodes.push(node)
    const record = await inTime(node)
    this.#events.onReady(node)
    void node.ended.then((ending) => {
      if (!this.#isStopping) this.#events.onLost(node, ending)
    })
    return record
  }
}

async function inTime(node: NodeProcess): Promise<NodeRecord> {
  const timer = setTimeout(() => node.signal('SIGKILL'), START_LIMIT_MS)
  try {
    return await node.ready
  } finally {
    clearTimeout(timer)
  }
}

/** Beyond loopback nodes take no orders without a secret, not even ours. */
function ownToken(ip: string): string | undefined {
  return ipRange(ip) === 'loopback' ? undefined : randomBytes(24).toString('hex')
}
