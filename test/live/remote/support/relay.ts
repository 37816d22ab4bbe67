import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterThisTest } from '../../../support/cleanup.js'
import { waitFor } from '../../../support/wait-for.js'

/** Where bytes go on one connection. */
interface Direction {
  readonly from: Socket
  readonly to: Socket
  isStalled: boolean
  isOver: boolean
}

/** A connection of a client, and the one to the node that belongs to it. */
interface Pair {
  readonly sinceMs: number
  readonly toNode: Direction
  readonly toClient: Direction
}

export interface Stall {
  readonly toNode?: boolean
  readonly toClient?: boolean
}

/**
 * Stands between clients and a node, and forwards bytes until a test says otherwise. What it stalls stays open: neither end
 * is told anything, not even that the other has closed.
 */
export class Relay {
  readonly #server: Server
  readonly #target: number
  readonly #pairs: Pair[] = []

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((client) => this.#take(client))
  }

  /** Forwards to a port of this machine. `host`: where it listens, at a port of its own. */
  static async start(target: number, host = '127.0.0.1'): Promise<Relay> {
    const relay = new Relay(target)
    relay.#server.listen(0, host)
    await once(relay.#server, 'listening')
    afterThisTest(() => relay.stop())
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get address(): string {
    return `${(this.#server.address() as AddressInfo).address}:${this.port}`
  }

  /** How many connections came so far. */
  get count(): number {
    return this.#pairs.length
  }

  /** Waits for a connection beyond the first `known` ones; gives when it came, by the monotonic clock. */
  async connectionAfter(known: number, deadlineMs?: number): Promise<number> {
    const pair = await waitFor('another connection', () => this.#pairs[known], deadlineMs)
    return pair.sinceMs
  }

  /** Stops forwarding on the connections there are; those that come later are forwarded. */
  stall({ toNode = true, toClient = true }: Stall = {}): void {
    for (const pair of this.#pairs) {
      if (toNode) stop(pair.toNode)
      if (toClient) stop(pair.toClient)
    }
  }

  /** Forwards again, what was held back first. */
  resume(): void {
    for (const { toNode, toClient } of this.#pairs)
      for (const direction of [toNode, toClient]) {
        direction.isStalled = false
        direction.from.resume()
        if (direction.isOver) direction.to.destroySoon()
      }
  }

  /** Breaks the connections there are, at both ends. */
  cut(): void {
    for (const { toNode } of this.#pairs) {
      toNode.from.resetAndDestroy()
      toNode.to.resetAndDestroy()
    }
  }

  stop(): void {
    this.#server.close()
    this.cut()
  }

  #take(client: Socket): void {
    const node = connect(this.#target, '127.0.0.1')
    const toNode: Direction = { from: client, to: node, isStalled: false, isOver: false }
    const toClient: Direction = { from: node, to: client, isStalled: false, isOver: false }
    this.#pairs.push({ sinceMs: performance.now(), toNode, toClient })
    forward(toNode)
    forward(toClient)
  }
}

function forward(direction: Direction): void {
  const { from, to } = direction
  from.setNoDelay(true)
  from.on('data', (bytes: Buffer) => {
    if (!to.write(bytes)) from.pause()
  })
  to.on('drain', () => {
    if (!direction.isStalled) from.resume()
  })
  from.on('error', () => undefined)
  from.on('close', () => {
    direction.isOver = true
    if (!direction.isStalled) to.destroySoon()
  })
}

function stop(direction: Direction): void {
  direction.isStalled = true
  direction.from.pause()
}
