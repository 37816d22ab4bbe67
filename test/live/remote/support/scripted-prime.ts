import { type Metadata, Server, ServerCredentials, type ServerDuplexStream, type status } from '@grpc/grpc-js'
import type { ClientFrame, Hello, PrimeFrame, Result } from '../../../../src/contract/wire/remote.js'
import { remoteContracts } from '../../../../src/contract/wire/services.js'
import { afterThisTest } from '../../../support/cleanup.js'
import { waitFor } from '../../../support/wait-for.js'
import { type Order, transactionWith } from './order.js'

type Frames = ServerDuplexStream<ClientFrame, PrimeFrame>

/** A client's stream, as a node sees it. */
export class PrimeStream {
  readonly headers: Metadata
  /** By the monotonic clock. */
  readonly openedMs = performance.now()
  readonly frames: ClientFrame[] = []
  isClosed = false
  readonly #call: Frames
  #heartbeat: NodeJS.Timeout | undefined

  constructor(call: Frames) {
    this.#call = call
    this.headers = call.metadata
    call.on('error', () => undefined)
    call.on('data', (frame: ClientFrame) => this.frames.push(frame))
    for (const event of ['cancelled', 'close'])
      call.on(event, () => {
        this.isClosed = true
        clearInterval(this.#heartbeat)
      })
  }

  get results(): readonly Result[] {
    return this.frames.flatMap(({ result }) => result ?? [])
  }

  has(kind: keyof ClientFrame): boolean {
    return this.frames.some((frame) => Boolean(frame[kind]))
  }

  count(kind: keyof ClientFrame): number {
    return this.frames.filter((frame) => Boolean(frame[kind])).length
  }

  send(frame: Partial<PrimeFrame>): void {
    if (!this.isClosed) this.#call.write(frame as PrimeFrame)
  }

  /** Waits for Hello. */
  async hello(): Promise<Hello> {
    return waitFor('Hello', () => this.frames.find(({ hello }) => hello)?.hello)
  }

  /** Waits for Hello and answers as a node does, heartbeats included. Everything held is kept unless said otherwise. */
  async welcome(kept?: readonly string[], granted?: number): Promise<Hello> {
    const hello = await this.hello()
    this.send({
      welcome: {
        protocol: 1,
        sessionId: `session-${hello.instanceId}`,
        contractName: 'probe',
        executionOrder: 'parallel',
        leaseMs: 60_000,
        heartbeatMs: 5000,
        backlog: 0,
        grantedInFlight: granted ?? hello.maxInFlight,
        kept: kept ?? hello.held.map(({ invocationId }) => invocationId),
        features: [],
      },
    })
    this.setEnvironment({ SMART_CONTRACT_NAME: 'probe' }, {})
    const beat = (): void => this.send({ heartbeat: { unixMs: Date.now(), echo: this.#lastHeartbeat() } })
    this.#heartbeat = setInterval(beat, 5000)
    return hello
  }

  setEnvironment(env: Record<string, string>, secrets: Record<string, string>, version = 1): void {
    this.send({ contractEnv: { version, env, secrets } })
  }

  deliver(
    invocationId: string,
    order: Order,
    { attempt = 1, leaseMs = 60_000, token = invocationId } = {},
  ): void {
    this.send({
      delivery: {
        invocationId,
        seq: 1,
        leaseToken: Buffer.from(token),
        attempt,
        deadlineUnixMs: Date.now() + 900_000,
        envVersion: 1,
        transactionJson: transactionWith(order, invocationId),
        txnId: invocationId,
        kind: 1,
        leaseMs,
      },
    })
  }

  /** Waits for the result of the invocation. */
  async result(invocationId: string, place = 0): Promise<Result> {
    return waitFor(`the result of ${invocationId}`, () => {
      return this.results.filter((each) => each.invocationId === invocationId)[place]
    })
  }

  acknowledge(invocationId: string, status = 1): void {
    this.send({ resultAck: { invocationId, status, outputTxnId: '', detail: '' } })
  }

  /** Delivers the order, waits for the result and answers it. */
  async ask(invocationId: string, order: Order): Promise<Result> {
    this.deliver(invocationId, order)
    const result = await this.result(invocationId)
    this.acknowledge(invocationId)
    return result
  }

  #lastHeartbeat(): number {
    return this.frames.flatMap(({ heartbeat }) => heartbeat?.unixMs ?? []).at(-1) ?? 0
  }

  /** Ends the stream with the status. */
  refuse(code: status, details: string): void {
    this.#call.emit('error', { code, details })
  }

  /** Ends the stream in good order. */
  end(): void {
    this.#call.end()
  }
}

/** Stands for a node, at a port of its own; does nothing but what the test says. Stopped after the test. */
export class ScriptedPrime {
  readonly streams: PrimeStream[] = []
  readonly #server = new Server()
  readonly #greet: ((stream: PrimeStream, place: number) => void) | undefined
  port = 0

  private constructor(greet: ((stream: PrimeStream, place: number) => void) | undefined) {
    this.#greet = greet
  }

  /** `greet` is called with every stream and its place, counted from 0. */
  static async start(greet?: (stream: PrimeStream, place: number) => void, port = 0): Promise<ScriptedPrime> {
    const prime = new ScriptedPrime(greet)
    const { connect } = remoteContracts
    prime.#server.addService({ connect }, { connect: (call: Frames) => prime.#take(call) })
    await new Promise<void>((resolve, reject) =>
      prime.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
        prime.port = bound
        if (error) reject(error)
        else resolve()
      }),
    )
    afterThisTest(() => prime.stop())
    return prime
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** The stream of the place, counted from 0; waits for it. */
  async stream(place = 0, deadlineMs?: number): Promise<PrimeStream> {
    return waitFor(`stream ${place}`, () => this.streams[place], deadlineMs)
  }

  /** The stream of the place, welcomed. */
  async session(place = 0, deadlineMs?: number): Promise<PrimeStream> {
    const stream = await this.stream(place, deadlineMs)
    await stream.welcome()
    return stream
  }

  /** Gone at once, all connections with it. */
  stop(): void {
    this.#server.forceShutdown()
  }

  #take(call: Frames): void {
    const stream = new PrimeStream(call)
    this.streams.push(stream)
    this.#greet?.(stream, this.streams.length - 1)
  }
}
