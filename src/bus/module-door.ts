import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ipRange } from '../base/ip.js'
import { BusDoor, type DoorOptions } from './door.js'
import type { BusCaller } from './host/offered-method.js'
import type { Connection } from './link/connection.js'
import type { Answerer } from './link/connection-options.js'
import type { Log } from './log.js'

/** Where a module listens for others that call it without the manager. */
export interface ListenOptions {
  /** Default: 127.0.0.1. */
  readonly ip?: string
  /** 0: any free one. One that is taken is passed over for the next. */
  readonly port: number
}

export interface ModuleDoorOptions extends Omit<DoorOptions, 'access'>, ListenOptions {
  readonly log: Log
  readonly adminToken?: string | undefined
}

/** So many ports are tried from the first on. */
const MAX_PORTS = 20

/** The own WebSocket server of a module. */
export class ModuleDoor {
  readonly place: { readonly ip: string; readonly port: number }
  readonly #server: Server
  readonly #door: BusDoor

  private constructor(server: Server, ip: string, door: BusDoor) {
    this.#server = server
    this.#door = door
    this.place = { ip, port: (server.address() as AddressInfo).port }
  }

  /** @throws {Error} when no port is to be had */
  static async open(
    options: ModuleDoorOptions,
    answerer: (connection: Connection, caller: BusCaller) => Answerer,
  ): Promise<ModuleDoor> {
    const { ip = '127.0.0.1', adminToken } = options
    const server = createServer((_, response) => response.writeHead(426, { upgrade: 'websocket' }).end())
    await listen(server, ip, options)
    const access = { isLoopbackBind: ipRange(ip) === 'loopback', adminToken, allowedHosts: [] }
    return new ModuleDoor(server, ip, new BusDoor(server, { ...options, access }, answerer))
  }

  async close(): Promise<void> {
    await this.#door.close()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function listen(server: Server, ip: string, { port, log }: ModuleDoorOptions): Promise<void> {
  for (let at = port; ; at++) {
    try {
      server.listen({ host: ip, port: at, exclusive: true })
      await once(server, 'listening')
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || at - port >= MAX_PORTS) throw error
      log.warn({ ip, port: at }, 'the port is taken; the next one is tried')
    }
  }
}
