import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterThisTest } from '../../../support/cleanup.js'

/** What no longer gets through: what the client sends, what the node sends, or both. */
export type Loss = 'up' | 'down' | 'both'

/** Stands between a client and a node, and can lose what they send while both ends stay connected. */
export class Relay {
  readonly #server: Server
  readonly #links = new Set<Link>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(toPort: number): Promise<Relay> {
    const server = createServer()
    const relay = new Relay(server)
    server.on('connection', (client) => relay.#link(client, connect(toPort, '127.0.0.1')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    afterThisTest(() => relay.stop())
    return relay
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Loses what is sent from now on over the connections there are; later ones are whole. */
  lose(loss: Loss): void {
    for (const link of this.#links) link.loss = loss
  }

  stop(): void {
    this.#server.close()
    for (const { client, node } of this.#links) {
      client.destroy()
      node.destroy()
    }
  }

  #link(client: Socket, node: Socket): void {
    const link: Link = { client, node, loss: undefined }
    this.#links.add(link)
    client.on('data', (bytes) => {
      if (link.loss !== 'up' && link.loss !== 'both') node.write(bytes)
    })
    node.on('data', (bytes) => {
      if (link.loss !== 'down' && link.loss !== 'both') client.write(bytes)
    })
    for (const socket of [client, node]) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        node.destroy()
        this.#links.delete(link)
      })
    }
  }
}

interface Link {
  readonly client: Socket
  readonly node: Socket
  loss: Loss | undefined
}
