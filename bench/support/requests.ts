import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One request as it goes over the wire. */
export function get(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
}

/** A request with a JSON body. */
export function post(path: string, body: unknown): Buffer {
  const bytes = Buffer.from(JSON.stringify(body))
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes])
}

/** Sends requests to one server over kept connections, each waiting for its answer before the next goes out. */
export class Requests {
  readonly #connections: readonly Connection[]

  private constructor(connections: readonly Connection[]) {
    this.#connections = connections
  }

  static async open(url: string, connections: number): Promise<Requests> {
    const { hostname: host, port } = new URL(url)
    const opened = Array.from({ length: connections }, async () => {
      const socket = connect({ host, port: Number(port), noDelay: true })
      await once(socket, 'connect')
      return new Connection(socket)
    })
    return new Requests(await Promise.all(opened))
  }

  /** Sends each request once; answers how long each answer took, in ms. @throws {Error} when one is not 200 */
  async send(requests: readonly Buffer[]): Promise<number[]> {
    const delaysMs: number[] = []
    let next = 0
    await Promise.all(
      this.#connections.map(async (connection) => {
        for (let request = requests[next++]; request; request = requests[next++]) {
          const start = performance.now()
          await connection.exchange(request)
          delaysMs.push(performance.now() - start)
        }
      }),
    )
    return delaysMs
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

/** Reads no more of an answer than it takes to find its end, so that the server is what is measured. */
class Connection {
  readonly #socket: Socket
  #head = ''
  #missing: number | undefined
  #resolve: () => void = () => undefined
  #reject: (error: Error) => void = () => undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', (error) => this.#reject(error))
    socket.on('close', () => this.#reject(new Error('the server closed a connection')))
  }

  exchange(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    if (this.#missing !== undefined) this.#missing -= chunk.length
    else this.#readHead(chunk)
    if (this.#missing === undefined || this.#missing > 0) return
    this.#head = ''
    this.#missing = undefined
    this.#resolve()
  }

  #readHead(chunk: Buffer): void {
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = /content-length: (\d+)/i.exec(this.#head)?.[1]
    if (!this.#head.startsWith('HTTP/1.1 200') || length === undefined)
      this.#reject(new Error(`not a plain answer: ${this.#head.slice(0, 1000)}`))
    this.#missing = end + 4 + Number(length) - this.#head.length
  }
}
