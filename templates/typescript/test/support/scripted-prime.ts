import { EventEmitter, once } from 'node:events'
import {
  type Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { messageType } from '../../src/runtime/codec.js'
import type { Hello, Result } from '../../src/runtime/frames.js'

const service: ServiceDefinition = {
  Connect: method('Connect', 'ClientFrame', 'PrimeFrame', true),
  Check: method('Check', 'CheckRequest', 'CheckReply', false),
}

function method(
  name: string,
  request: string,
  response: string,
  isStream: boolean,
): MethodDefinition<object, object> {
  return {
    path: `/remote_sc.v1.RemoteContracts/${name}`,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: (message) => bytesOf(request, message),
    requestDeserialize: (bytes) => messageOf(request, bytes),
    responseSerialize: (message) => bytesOf(response, message),
    responseDeserialize: (bytes) => messageOf(response, bytes),
  }
}

function bytesOf(name: string, message: object): Buffer {
  const type = messageType(name)
  return type.encode(type.fromObject(message)).finish() as Buffer
}

/** With every field, enums by their names. */
function messageOf(name: string, bytes: Buffer): object {
  const type = messageType(name)
  return type.toObject(type.decode(bytes), { longs: String, enums: String, defaults: true, oneofs: true })
}

/** A frame of the client: `frame` names the member that is there. */
export type Received = { readonly frame: string } & Record<string, unknown>

/** A client's stream. Emits every frame by its name. */
export class Stream {
  readonly frames: Received[] = []
  readonly headers: Metadata
  readonly #call: ServerDuplexStream<Received, object>
  readonly #events = new EventEmitter()
  readonly closed: Promise<unknown>

  constructor(call: ServerDuplexStream<Received, object>) {
    this.#call = call
    this.headers = call.metadata
    this.closed = new Promise((resolve) => call.on('cancelled', resolve).on('end', resolve))
    call.on('data', (frame: Received) => {
      this.frames.push(frame)
      this.#events.emit('frame')
    })
  }

  send(frame: object): void {
    this.#call.write(frame)
  }

  refuse(code: status, details: string): void {
    this.#call.emit('error', { code, details } as ServiceError)
  }

  end(): void {
    this.#call.end()
  }

  /** The how-manieth frame of the name, counted from 0; waits for it. */
  async next<T>(name: string, place = 0): Promise<T> {
    for (;;) {
      const found = this.frames.filter(({ frame }) => frame === name)[place]
      if (found !== undefined) return found[name] as T
      await once(this.#events, 'frame')
    }
  }

  /** Answers Hello as a node does. */
  async welcome(fields: object = {}): Promise<Hello> {
    const hello = await this.next<Hello>('hello')
    this.send({
      welcome: {
        protocol: 1,
        session_id: 's',
        contract_name: 'probe',
        execution_order: 'parallel',
        lease_ms: 60_000,
        heartbeat_ms: 5_000,
        granted_in_flight: hello.max_in_flight,
        ...fields,
      },
    })
    this.send({ contract_env: { version: 1, env: { SMART_CONTRACT_NAME: 'probe' }, secrets: {} } })
    return hello
  }

  deliver(invocationId: string, order: object, leaseMs = 60_000): void {
    this.send({
      delivery: {
        invocation_id: invocationId,
        lease_token: Buffer.from(invocationId),
        attempt: 1,
        transaction_json: JSON.stringify(order),
        lease_ms: leaseMs,
      },
    })
  }

  acknowledge({ invocation_id }: Pick<Result, 'invocation_id'>): void {
    this.send({ result_ack: { invocation_id, status: 'COMMITTED' } })
  }
}

/** Stands for a node: does nothing but what the test says. */
export class ScriptedPrime {
  readonly streams: Stream[] = []
  readonly #events = new EventEmitter()
  readonly #server = new Server()
  port = 0

  async start(): Promise<void> {
    this.#server.addService(service, {
      Connect: (call: ServerDuplexStream<Received, object>) => {
        this.streams.push(new Stream(call))
        this.#events.emit('stream')
      },
      Check: (_: unknown, answer: (error: null, reply: object) => void) => answer(null, { state: 'active' }),
    })
    this.port = await new Promise((resolve, reject) =>
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      ),
    )
  }

  /** The how-manieth stream, counted from 0; waits for it. */
  async stream(place = 0): Promise<Stream> {
    while (this.streams[place] === undefined) await once(this.#events, 'stream')
    return this.streams[place]
  }

  stop(): void {
    this.#server.forceShutdown()
  }
}
