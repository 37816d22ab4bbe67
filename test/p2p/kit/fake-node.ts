import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { sha256d, toDisplay } from '../../../src/p2p/hash.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import type { TimedAddress } from '../../../src/p2p/wire/messages/addr.js'
import { packHeaders } from '../../../src/p2p/wire/messages/headers.js'
import { INV, type InvItem } from '../../../src/p2p/wire/messages/inv.js'
import { NO_ADDRESS } from '../../../src/p2p/wire/messages/net-address.js'
import { strippedTx } from '../../../src/p2p/wire/messages/tx.js'
import type { Version } from '../../../src/p2p/wire/messages/version.js'
import { ANSWERS } from './fake-answers.js'
import { FakeConnection } from './fake-connection.js'
import type { Payload } from './payload.js'
import type { Received, Script } from './script.js'
import { TestChain } from './test-chain.js'

export interface FakeNodeOptions {
  readonly network: Network
  /** What it serves; genesis alone unless given. */
  readonly chain?: TestChain
  /** For all connections, or for each by its number from 0 on. */
  readonly script?: Script | ((connection: number) => Script)
  readonly host?: string
  /** Any free one unless given. */
  readonly port?: number
  readonly version?: number
  readonly services?: bigint
  readonly userAgent?: string
  readonly nonce?: bigint
  /** The answer to `getaddr`. */
  readonly addresses?: readonly TimedAddress[]
}

/** A node that does what its script says and remembers what it was sent. Needs no test framework, so that benches use it too. */
export class FakeNode {
  readonly network: Network
  /** Everything received, in order. */
  readonly messages: Received[] = []
  readonly connections: FakeConnection[] = []
  /** What the other sides sent that no node understands. */
  readonly faults: unknown[] = []
  readonly #server: Server
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly #txs = new Map<string, Uint8Array>()
  #chains: TestChain[]

  private constructor(
    readonly options: FakeNodeOptions,
    server: Server,
  ) {
    this.network = options.network
    this.#chains = [options.chain ?? TestChain.mine(options.network, 0)]
    this.#server = server
    server.on('connection', (socket) => {
      const number = this.connections.length
      const { script = {} } = options
      const connection: FakeConnection = new FakeConnection(
        socket,
        options.network,
        typeof script === 'function' ? script(number) : script,
        (command, payload) => this.#receive({ command, payload, connection }),
        (fault) => this.faults.push(fault),
      )
      this.connections.push(connection)
      this.#events.emit('connection')
    })
  }

  /** Listens on loopback when it resolves. */
  static async start(options: FakeNodeOptions): Promise<FakeNode> {
    const server = createServer({ noDelay: true })
    const node = new FakeNode(options, server)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
    await once(server, 'listening')
    return node
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get host(): string {
    return (this.#server.address() as AddressInfo).address
  }

  /** The chain it follows. */
  get chain(): TestChain {
    const [chain] = this.#chains
    if (chain === undefined) throw new Error('a fake node always has a chain')
    return chain
  }

  /** Follows another chain, for example a fork of its own. Blocks of the earlier ones can still be had. */
  follow(chain: TestChain): void {
    this.#chains = [chain, ...this.#chains.filter((other) => other !== chain)]
  }

  /** What it says of itself. */
  greeting(): Version {
    const { version = 70_016, nonce = 0x0102_0304_0506_0708n, services, userAgent } = this.options
    const isBtc = this.network.family === 'btc'
    return {
      version,
      services: services ?? (isBtc ? 9n : 1n),
      time: BigInt(Math.floor(Date.now() / 1000)),
      receiver: NO_ADDRESS,
      sender: NO_ADDRESS,
      nonce,
      userAgent: userAgent ?? (isBtc ? '/Satoshi:27.0.0/' : '/Bitcoin SV:1.2.2/'),
      startHeight: this.chain.height,
      relay: true,
    }
  }

  /** Announces the last `count` blocks to every connection. */
  announce(by: 'inv' | 'headers', count = 1): void {
    const { chain } = this
    const first = chain.height - count + 1
    for (const connection of this.#live()) {
      if (by === 'headers') void connection.send('headers', packHeaders(chain.headers(first)))
      else
        void connection.send(
          'inv',
          Array.from({ length: count }, (_, i) => blockItem(chain.hash(first + i))),
        )
    }
  }

  /** Has a transaction from now on, and announces it to all connections but one. */
  relayTx(raw: Uint8Array, { except }: { except?: FakeConnection } = {}): void {
    const txid = sha256d(this.network.family === 'btc' ? strippedTx(raw) : raw)
    this.#txs.set(toDisplay(txid), raw)
    for (const connection of this.#live())
      if (connection !== except) void connection.send('inv', [{ type: INV.tx, hash: txid }])
  }

  /** Of a transaction it has, by the id. */
  tx(hash: Uint8Array): Uint8Array | undefined {
    return this.#txs.get(toDisplay(hash))
  }

  txItems(): InvItem[] {
    return [...this.#txs.values()].map((raw) => ({ type: INV.tx, hash: sha256d(raw) }))
  }

  /** A block of any chain it followed. */
  block(hash: Uint8Array): Payload | undefined {
    for (const chain of this.#chains) {
      const height = chain.heightOf(hash)
      if (height !== undefined) return chain.block(height)
    }
    return undefined
  }

  /** How many messages of a command came so far. */
  count(command: string): number {
    return this.messages.filter((message) => message.command === command).length
  }

  /** The message of a command that came as the `nth` one (1 is the first), now or once it comes. */
  async received(command: string, nth = 1): Promise<Received> {
    for (;;) {
      const message = this.messages.filter((candidate) => candidate.command === command)[nth - 1]
      if (message !== undefined) return message
      await once(this.#events, 'message')
    }
  }

  /** The connection that came as number `index` (0 is the first), now or once it comes. */
  async connection(index = 0): Promise<FakeConnection> {
    for (;;) {
      const connection = this.connections[index]
      if (connection !== undefined) return connection
      await once(this.#events, 'connection')
    }
  }

  /** Cuts all connections and stops listening. */
  async close(): Promise<void> {
    for (const connection of this.connections) connection.drop()
    this.#server.close()
    await Promise.all([once(this.#server, 'close'), ...this.connections.map(({ closed }) => closed)])
  }

  #live(): FakeConnection[] {
    return this.connections.filter(({ socket }) => !socket.destroyed)
  }

  #receive(message: Received): void {
    const { command, payload, connection } = message
    this.messages.push(message)
    this.#events.emit('message')
    if (connection.script.silent?.includes(command)) return
    const scripted = connection.script.on?.[command]
    if (scripted === undefined) ANSWERS[command]?.(this, connection, payload)
    else scripted(connection, payload)
  }
}

const blockItem = (hash: Uint8Array): InvItem => ({ type: INV.block, hash })
