import { type Dispatch, dispatcher } from '../../src/api/dispatch.js'
import { ApiError } from '../../src/api/errors.js'
import { sync as syncMethods } from '../../src/api/methods/sync.js'
import { openTestChain, removeFolder, temporaryFolder, TestClock } from './chain.js'
import type { OpenChain } from '../../src/app/open-chain.js'
import { syncSettings } from '../../src/app/settings/sync-settings.js'
import { timerSleep } from '../../src/app/timer-sleep.js'
import type { Json } from '../../src/base/json.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import { type Answer, PeerError, type PeerRequest } from '../../src/nodes/peer-call.js'
import { keyOf, type NodeRecord } from '../../src/nodes/record.js'
import { NodeSync } from '../../src/sync/node-sync.js'
import { RestPeers } from '../../src/sync/rest-peers.js'
import type { SyncSettings } from '../../src/sync/settings.js'

/** Answers one path of a node, such as `headers`. */
export type Handler = (path: string, body: Json) => Promise<unknown>

/** Limits that no honest node reaches, however busy the machine. */
export const PATIENT: Partial<SyncSettings> = {
  callMs: 60_000,
  batchMs: 60_000,
  stallMs: 60_000,
  deliveryMs: 60_000,
}

/** Quick enough for tests, slow enough for a busy machine. */
export const TEST_SYNC: SyncSettings = {
  ...syncSettings(),
  pollMs: 100,
  callMs: 2000,
  batchMs: 2000,
  stallMs: 500,
  backoffMs: 50,
  maxBackoffMs: 400,
  offerDelayMs: 5,
  deliveryMs: 200,
}

const PATHS: Readonly<Record<string, string>> = {
  status: 'sync.status',
  headers: 'sync.headers',
  blocks: 'sync.blocks',
  announce: 'sync.announce',
  transactions: 'sync.offer',
}

interface Message {
  readonly from: string
  readonly to: string
  readonly path: string
  readonly body: Json
  readonly bytes: number
}

/** A network in memory: every message is JSON, and any pair of nodes can be parted. */
export class SyncNetwork {
  readonly messages: Message[] = []
  readonly nodes: SyncNode[] = []
  readonly #handlers = new Map<string, Handler>()
  #canTalk: (from: number, to: number) => boolean = () => true
  #isAnswered: (message: Message) => boolean = () => true

  /** From now on only these pairs (by port) reach each other. */
  partition(canTalk: (from: number, to: number) => boolean): void {
    this.#canTalk = canTalk
  }

  heal(): void {
    this.#canTalk = () => true
  }

  /** From now on only these messages are ever answered. */
  answerOnly(isAnswered: (message: Message) => boolean): void {
    this.#isAnswered = isAnswered
  }

  /** A node that answers as the test says. */
  addHandler(record: NodeRecord, handler: Handler): void {
    this.#handlers.set(keyOf(record), handler)
  }

  reset(): void {
    this.messages.length = 0
  }

  callsOf(self: NodeRecord): { call(request: PeerRequest): Promise<Answer<Json>> } {
    return {
      call: async ({ url, body }) => {
        const { host, port, pathname } = new URL(url)
        const path = pathname.split('/')[2] ?? ''
        const text = JSON.stringify(body ?? {})
        const message = { from: keyOf(self), to: host, path, body: body as Json, bytes: text.length }
        this.messages.push(message)
        if (!this.#isAnswered(message)) return new Promise(() => undefined)
        const handler = this.#handlers.get(host)
        if (!handler || !this.#canTalk(self.port, Number(port))) throw new PeerError('unreachable', 'cut')
        try {
          const answer = JSON.stringify(await handler(path, JSON.parse(text) as Json))
          return { value: JSON.parse(answer) as Json, chainId: undefined }
        } catch (error) {
          if (error instanceof ApiError) throw new PeerError('unreachable', error.message)
          throw error
        }
      },
    }
  }
}

export interface SyncNodeOptions {
  readonly clock?: TestClock
  readonly folder?: string
  readonly settings?: Partial<ConsensusSettings>
  readonly sync?: Partial<SyncSettings>
  readonly maxBranchDepth?: number
}

let lastPort = 50_000

export function nextRecord(): NodeRecord {
  return { ip_address: '127.0.0.1', port: ++lastPort }
}

/** A node on a network in memory. */
export class SyncNode {
  readonly record: NodeRecord
  readonly chain: OpenChain
  readonly folder: string
  readonly clock: TestClock
  readonly sync: NodeSync
  readonly dispatch: Dispatch
  /** Whom this node knows; replaced as a whole. */
  known: readonly NodeRecord[] = []
  readonly misbehaviour: { readonly key: string; readonly reason: string }[] = []
  readonly errors: unknown[] = []

  private constructor(
    network: SyncNetwork,
    chain: OpenChain,
    facts: { readonly folder: string; readonly clock: TestClock; readonly options: SyncNodeOptions },
  ) {
    this.record = nextRecord()
    this.chain = chain
    this.folder = facts.folder
    this.clock = facts.clock
    this.sync = new NodeSync({
      ...chain,
      peers: new RestPeers(() => this.known, this.record, network.callsOf(this.record)),
      settings: { ...TEST_SYNC, ...facts.options.sync },
      now: Date.now,
      random: () => 0.5,
      sleep: timerSleep,
      onMisbehaviour: (key, reason) => {
        this.misbehaviour.push({ key, reason })
        this.known = this.known.filter((record) => keyOf(record) !== key)
      },
      onError: (error) => this.errors.push(error),
    })
    this.dispatch = dispatcher(syncMethods, { sync: this.sync.port })
    network.addHandler(this.record, (path, body) =>
      this.dispatch(PATHS[path] ?? '', body, { ipAddress: '127.0.0.1' }),
    )
    network.nodes.push(this)
  }

  static async open(network: SyncNetwork, options: SyncNodeOptions = {}): Promise<SyncNode> {
    const folder = options.folder ?? (await temporaryFolder())
    const clock = options.clock ?? new TestClock()
    const chain = await openTestChain(folder, clock, {
      settings: options.settings ?? {},
      maxBranchDepth: options.maxBranchDepth ?? 2000,
    })
    return new SyncNode(network, chain, { folder, clock, options })
  }

  get height(): number {
    return this.chain.blockchain.height()
  }

  get tip(): string | undefined {
    return this.chain.blockchain.tip()?.hash
  }

  knows(...others: readonly { readonly record: NodeRecord }[]): void {
    this.known = others.map(({ record }) => record).filter((record) => record !== this.record)
  }

  /** Stops it, keeping its folder. */
  async close(): Promise<void> {
    await this.sync.stop()
    await this.chain.close()
  }

  async remove(): Promise<void> {
    await this.close()
    await removeFolder(this.folder)
  }
}
