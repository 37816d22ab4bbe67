import { type Metadata, status, type StatusObject } from '@grpc/grpc-js'
import type { Channel, Connection } from './channel.js'
import { TEMPLATE_VERSION } from './channel.js'
import type { ClientFrame, PrimeFrame, Uint64, Welcome } from './frames.js'
import type { Invocations } from './invocations.js'
import { log } from './log.js'

export const PROTOCOL = 1

/** Without Welcome by then the session has failed. */
const WELCOME_MS = 10_000
/** A node that lives says something every 5 s. */
const SILENCE_MS = 13_000
const DEFAULT_HEARTBEAT_MS = 5_000
/** How long the node has to end the stream after Goodbye. */
const GOODBYE_MS = 1_000

/** How a session ended. */
export interface SessionEnd {
  /** Of gRPC. */
  readonly code: status
  readonly text: string
  /** Since Welcome; 0: there was none. */
  readonly healthyMs: number
  /** What the node asks to wait at least. */
  readonly retryAfterMs: number | undefined
}

export interface SessionSettings {
  readonly instanceId: string
  readonly maxInFlight: number
}

/** One stream with the node, from Hello to its end. Whatever fails first, in either direction, ends all of it. */
export class Session {
  readonly ended: Promise<SessionEnd>
  readonly #connection: Connection
  readonly #invocations: Invocations
  readonly #settings: SessionSettings
  #resolve: (end: SessionEnd) => void = () => undefined
  #welcomeAt: number | undefined
  #watchdog: NodeJS.Timeout
  #heartbeat: NodeJS.Timeout | undefined
  #lastPrimeMs: number | Uint64 = 0
  #retryAfterMs: number | undefined
  #isOver = false
  #isDraining = false

  constructor(channel: Channel, invocations: Invocations, settings: SessionSettings) {
    this.#invocations = invocations
    this.#settings = settings
    this.ended = new Promise((resolve) => (this.#resolve = resolve))
    this.#watchdog = setTimeout(() => this.#fail('no Welcome within 10 s'), WELCOME_MS)
    this.#connection = channel.connect()
    const { stream } = this.#connection
    stream.on('data', (frame: PrimeFrame) => this.#receive(frame))
    stream.on('status', (end: StatusObject) => this.#end(end.code, end.details, end.metadata))
    // Its status says the same.
    stream.on('error', () => undefined)
    this.#sayHello()
  }

  /** No more deliveries; what has begun goes on. */
  drain(): void {
    this.#isDraining = true
    if (this.#welcomeAt !== undefined) this.#send({ credit: { max_in_flight: 0 } })
  }

  /** Ends the session in good order: what is unfinished the node gives to another at once. */
  async sayGoodbye(reason: string): Promise<void> {
    if (this.#isOver) return
    this.#send({ goodbye: { reason } })
    this.#connection.stream.end()
    const timer = setTimeout(() => this.#end(status.CANCELLED, reason), GOODBYE_MS)
    await this.ended
    clearTimeout(timer)
  }

  #sayHello(): void {
    const { instanceId, maxInFlight } = this.#settings
    this.#send({
      hello: {
        protocol: PROTOCOL,
        instance_id: instanceId,
        language: 'typescript',
        template_version: TEMPLATE_VERSION,
        max_in_flight: maxInFlight,
        held: this.#invocations.held(),
      },
    })
  }

  #receive(frame: PrimeFrame): void {
    if (this.#isOver) return
    if (this.#welcomeAt !== undefined) this.#watchdog.refresh()
    switch (frame.frame) {
      case 'welcome':
        return this.#welcome(frame.welcome)
      case 'contract_env':
        return this.#invocations.setEnvironment(frame.contract_env)
      case 'delivery':
        return this.#invocations.accept(frame.delivery)
      case 'result_ack':
        return this.#invocations.acknowledge(frame.result_ack)
      case 'cancel':
        return this.#invocations.cancel(frame.cancel.invocation_id, frame.cancel.reason)
      case 'heartbeat':
        this.#lastPrimeMs = frame.heartbeat.unix_ms
        return
      case 'drain':
        log.info(`the node is about to stop, within ${frame.drain.grace_ms} ms`)
        this.#retryAfterMs = frame.drain.reconnect_after_ms
        return
      default:
        log.debug('a frame of an unknown kind')
    }
  }

  #welcome(welcome: Welcome): void {
    if (this.#welcomeAt !== undefined) return
    if (welcome.protocol !== PROTOCOL) return this.#fail(`the node speaks protocol ${welcome.protocol}`)
    this.#welcomeAt = performance.now()
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#fail('the node has been silent for 13 s'), SILENCE_MS)
    const beat = (): void => this.#send({ heartbeat: { unix_ms: Date.now(), echo: this.#lastPrimeMs } })
    this.#heartbeat = setInterval(beat, welcome.heartbeat_ms || DEFAULT_HEARTBEAT_MS)
    const { contract_name: name, execution_order: order, backlog, session_id: id } = welcome
    log.info(`connected: contract ${name}, ${order}, ${backlog} waiting, session ${id}`)
    if (this.#isDraining) this.drain()
    this.#invocations.resume(welcome.kept, welcome.lease_ms, (frame) => this.#send(frame))
  }

  #send(frame: ClientFrame): void {
    if (this.#isOver) return
    this.#connection.stream.write(frame, (error?: Error | null) => {
      if (error) this.#fail(`sending failed: ${error.message}`)
    })
  }

  #fail(text: string): void {
    this.#end(status.UNAVAILABLE, text)
  }

  #end(code: status, text: string, trailers?: Metadata): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#watchdog)
    clearInterval(this.#heartbeat)
    this.#invocations.pause()
    this.#connection.close()
    const healthyMs = this.#welcomeAt === undefined ? 0 : performance.now() - this.#welcomeAt
    this.#resolve({ code, text, healthyMs, retryAfterMs: retryAfterOf(trailers) ?? this.#retryAfterMs })
  }
}

function retryAfterOf(trailers: Metadata | undefined): number | undefined {
  const value = Number(trailers?.get('retry-after-ms')[0])
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
