import type { ServerDuplexStream } from '@grpc/grpc-js'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { messageOf } from '../../../src/base/errors.js'
import type { ChaincodeEvent, ChaincodeMessage } from '../../../src/contract/wire/fabric.js'
import {
  ChaincodeID,
  ChaincodeInput,
  ChaincodeMessageType as Type,
  Response,
} from '../../../src/contract/wire/fabric.js'
import { chaincodeSupport } from '../../../src/contract/wire/services.js'
import { ScriptedLedger } from './scripted-ledger.js'
import type { ProposalOptions } from './signed-proposal.js'
import { signedProposal } from './signed-proposal.js'

type Message = Partial<ChaincodeMessage>
/** What is used of a stream, whichever side opened it. */
interface Stream {
  write(message: Message): void
  end(): void
  on(event: 'data', listener: (message: ChaincodeMessage) => void): unknown
  on(event: 'error', listener: () => void): unknown
}

/** What became of a transaction. */
export interface Outcome {
  readonly type: number
  readonly status: number
  readonly message: string
  readonly payload: string
  readonly event: Pick<ChaincodeEvent, 'eventName' | 'payload'> | null
  /** What the contract asked meanwhile: type and payload (hex), in order. */
  readonly requests: readonly string[]
}

const TYPE_NAMES = new Map(Object.entries(Type).map(([name, number]) => [number as number, name]))

/** The node's side of one stream. */
export class PeerStream {
  readonly #ledger: ScriptedLedger
  /** What was received, in order. */
  readonly received: ChaincodeMessage[] = []
  readonly registered: Promise<string>
  readonly #stream: Stream
  readonly #waiting = new Map<string, { requests: string[]; done: (message: ChaincodeMessage) => void }>()
  #count = 0

  constructor(stream: Stream, ledger: ScriptedLedger, ready: Uint8Array) {
    this.#stream = stream
    this.#ledger = ledger
    this.registered = new Promise((resolve) => {
      stream.on('data', (message: ChaincodeMessage) => {
        this.received.push(message)
        if (message.type !== Type.REGISTER) {
          this.#receive(message)
          return
        }
        this.send({ type: Type.REGISTERED })
        this.send({ type: Type.READY, payload: ready })
        resolve(ChaincodeID.decode(message.payload).name)
      })
    })
    stream.on('error', () => undefined)
  }

  send(message: Message): void {
    this.#stream.write(message)
  }

  end(): void {
    this.#stream.end()
  }

  /** Runs a transaction. */
  async call(args: readonly (string | Uint8Array)[], options: ProposalOptions = {}): Promise<Outcome> {
    const txid = `${++this.#count}`.padStart(8, '0')
    const input = ChaincodeInput.encode({ args: args.map((arg) => Buffer.from(arg)) })
    return this.transaction({ txid, payload: input, proposal: signedProposal(txid, options) })
  }

  /** Runs what the message says. */
  async transaction(message: Message & { readonly txid: string }): Promise<Outcome> {
    const requests: string[] = []
    const { type, payload, chaincodeEvent } = await new Promise<ChaincodeMessage>((done) => {
      this.#waiting.set(message.txid, { requests, done })
      this.send({ type: Type.TRANSACTION, channelId: 'mychannel', ...message })
    })
    const response =
      type === Type.COMPLETED
        ? Response.decode(payload)
        : { status: 0, message: '', payload: Buffer.from(payload) }
    return {
      type,
      status: response.status,
      message: response.message,
      payload: Buffer.from(response.payload).toString(),
      event: chaincodeEvent && { eventName: chaincodeEvent.eventName, payload: chaincodeEvent.payload },
      requests,
    }
  }

  #receive(message: ChaincodeMessage): void {
    const { type, txid, channelId, payload } = message
    const waiting = this.#waiting.get(txid)
    if (!waiting) return
    if (type === Type.COMPLETED || type === Type.ERROR) {
      this.#waiting.delete(txid)
      waiting.done(message)
      return
    }
    const name = TYPE_NAMES.get(type) ?? `${type}`
    waiting.requests.push(`${name} ${Buffer.from(payload).toString('hex')}`)
    try {
      this.send({ type: Type.RESPONSE, txid, channelId, payload: this.#ledger.answer(type, payload) })
    } catch (error) {
      const text = `${name} failed: transaction ID: ${txid}: ${messageOf(error)}`
      this.send({ type: Type.ERROR, txid, channelId, payload: Buffer.from(text) })
    }
  }
}

/** A peer that contracts dial. */
export class ScriptedPeer {
  /** What contracts read. */
  readonly state = new Map<string, Uint8Array>()
  readonly #server = new Server()
  readonly #ready: Uint8Array
  readonly #streams: PeerStream[] = []
  #arrived: (() => void) | undefined

  /** `ready`: the payload of READY. */
  constructor(ready: Uint8Array = Buffer.alloc(0)) {
    this.#ready = ready
  }

  /** Listens on a free port; gives the address. */
  async open(credentials = ServerCredentials.createInsecure()): Promise<string> {
    this.#server.addService(chaincodeSupport, {
      register: (stream: ServerDuplexStream<ChaincodeMessage, Message>) => {
        this.#streams.push(new PeerStream(stream, new ScriptedLedger(this.state), this.#ready))
        this.#arrived?.()
      },
    })
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
        if (error) reject(error)
        else resolve(bound)
      })
    })
    return `127.0.0.1:${port}`
  }

  /** The next contract that registers. */
  async accept(): Promise<PeerStream> {
    while (this.#streams.length === 0) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
    const stream = this.#streams.shift() as PeerStream
    await stream.registered
    return stream
  }

  close(): void {
    this.#server.forceShutdown()
  }
}
