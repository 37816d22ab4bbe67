import {
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type StatusObject,
} from '@grpc/grpc-js'
import { ClientFrame, type Hello, PrimeFrame } from '../../../../../src/contract/wire/remote.js'
import { afterThisTest } from '../../../../support/cleanup.js'
import { waitFor } from '../../../../support/wait-for.js'

type Kind = keyof PrimeFrame

export type Headers = Readonly<Record<string, string | readonly string[]>>

export const HELLO: Hello = {
  protocol: 1,
  instanceId: 'instance-1',
  language: 'raw',
  templateVersion: '1.0.0',
  maxInFlight: 10,
  held: [],
  features: [],
}

/** A client whose every frame is written by the test. */
export class RawClient {
  /** What the node sent and nobody has looked at. */
  readonly frames: PrimeFrame[] = []
  /** The node's response headers. */
  readonly accepted: Promise<void>
  readonly ended: Promise<StatusObject>
  readonly stream: ClientDuplexStream<Buffer, PrimeFrame>
  readonly #client: Client
  #status: StatusObject | undefined

  constructor(port: number, headers: Headers, options: ChannelOptions = {}) {
    const own = { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_send_message_length': -1, ...options }
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), own)
    this.stream = this.#client.makeBidiStreamRequest(
      '/remote_sc.v1.RemoteContracts/Connect',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => PrimeFrame.decode(bytes),
      metadataOf(headers),
    )
    this.accepted = new Promise((resolve) => {
      this.stream.once('metadata', () => resolve())
    })
    this.stream.on('data', (frame: PrimeFrame) => this.frames.push(frame))
    this.stream.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      this.stream.once('status', (status: StatusObject) => {
        this.#status = status
        resolve(status)
      })
    })
    afterThisTest(() => this.close())
  }

  get hasEnded(): boolean {
    return this.#status !== undefined
  }

  say(frame: Partial<ClientFrame>): void {
    this.sayBytes(Buffer.from(ClientFrame.encode(frame)))
  }

  sayBytes(bytes: Buffer): void {
    this.stream.write(bytes)
  }

  /** Says Hello; resolves with the Welcome, and leaves the environment unread. */
  async hello(more: Partial<Hello> = {}): Promise<NonNullable<PrimeFrame['welcome']>> {
    this.say({ hello: { ...HELLO, ...more } })
    return this.next('welcome')
  }

  /** Takes the first frame of the kind that nobody looked at. */
  async next<K extends Kind>(kind: K): Promise<NonNullable<PrimeFrame[K]>> {
    const at = await waitFor(`a ${kind}`, () => {
      const found = this.frames.findIndex((frame) => frame[kind])
      if (found === -1 && this.#status)
        throw new Error(`the stream ended: ${this.#status.code} ${this.#status.details}`)
      return found + 1
    })
    const [frame] = this.frames.splice(at - 1, 1)
    return frame?.[kind] as NonNullable<PrimeFrame[K]>
  }

  close(): void {
    this.stream.cancel()
    this.#client.close()
  }
}

export function metadataOf(headers: Headers): Metadata {
  const metadata = new Metadata()
  for (const [name, values] of Object.entries(headers))
    for (const value of [values].flat()) metadata.add(name, value)
  return metadata
}
