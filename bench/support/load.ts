import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const CONNECTIONS = 32

/**
 * Sends one GET request again and again over 32 kept connections, each waiting for its answer. Counts bytes instead of
 * parsing answers, so that the server is what is measured; all answers must therefore be as long as the first.
 */
export class Load {
  readonly #request: string
  readonly #answerBytes: number
  readonly #sockets: readonly Socket[]
  readonly #received = new Map<Socket, number>()
  #isRunning = false
  #answers = 0
  #waiting = 0
  #onIdle: () => void = () => undefined

  private constructor(request: string, answerBytes: number, sockets: readonly Socket[]) {
    this.#request = request
    this.#answerBytes = answerBytes
    this.#sockets = sockets
    for (const socket of sockets) socket.on('data', (chunk) => this.#receive(socket, chunk.length))
  }

  static async open(url: string): Promise<Load> {
    const { hostname, port, host, pathname } = new URL(url)
    const request = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const sockets = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => opened(hostname, Number(port))),
    )
    return new Load(request, await answerLength(sockets[0] as Socket, request), sockets)
  }

  /** Number of answers in about `ms` milliseconds. */
  async run(ms: number): Promise<number> {
    this.#answers = 0
    this.#isRunning = true
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve))
    setTimeout(() => (this.#isRunning = false), ms)
    for (const socket of this.#sockets) this.#send(socket)
    await idle
    return this.#answers
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #send(socket: Socket): void {
    this.#received.set(socket, 0)
    this.#waiting++
    socket.write(this.#request)
  }

  #receive(socket: Socket, bytes: number): void {
    const received = (this.#received.get(socket) ?? 0) + bytes
    this.#received.set(socket, received)
    if (received < this.#answerBytes) return
    if (received > this.#answerBytes) throw new Error('an answer is longer than the first one')
    this.#answers++
    this.#waiting--
    if (this.#isRunning) this.#send(socket)
    else if (this.#waiting === 0) this.#onIdle()
  }
}

async function opened(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Bytes of a whole answer, head and body. */
async function answerLength(socket: Socket, request: string): Promise<number> {
  socket.write(request)
  let text = ''
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    text += chunk.toString('latin1')
    const match = /^HTTP\/1\.1 200 [^]*?content-length: (\d+)[^]*?\r\n\r\n/i.exec(text)
    if (!match && text.includes('\r\n\r\n')) throw new Error(`not a plain answer: ${text}`)
    if (match && text.length === match[0].length + Number(match[1])) return text.length
  }
}
