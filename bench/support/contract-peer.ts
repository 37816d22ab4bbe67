import type { ServerDuplexStream } from '@grpc/grpc-js'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { ChaincodeMessage, SignedProposal } from '../../src/contract/wire/fabric.js'
import {
  ChaincodeInput,
  ChaincodeMessageType as Type,
  ChaincodeProposalPayload,
  ChannelHeader,
  Header,
  Proposal,
  SerializedIdentity,
  SignatureHeader,
} from '../../src/contract/wire/fabric.js'
import { chaincodeSupport } from '../../src/contract/wire/services.js'

type Stream = ServerDuplexStream<ChaincodeMessage, Partial<ChaincodeMessage>>

const NOTHING = Buffer.alloc(0)
const VALUE = Buffer.alloc(200, 'v')

/** The least a peer can do: it answers every read with the same value and every write with nothing. */
export class ContractPeer {
  readonly #server = new Server()
  readonly #proposal: SignedProposal
  readonly #payload: Uint8Array
  #arrived: (stream: Stream) => void = () => undefined
  readonly #done = new Map<Stream, () => void>()
  #count = 0

  constructor(certificate: string) {
    this.#proposal = proposalOf(certificate)
    this.#payload = ChaincodeInput.encode({
      args: ['touch', 'some key', 'x'.repeat(100)].map((arg) => Buffer.from(arg)),
    })
  }

  async open(): Promise<string> {
    this.#server.addService(chaincodeSupport, { register: (stream: Stream) => this.#serve(stream) })
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error)
        else resolve(bound)
      })
    })
    return `127.0.0.1:${port}`
  }

  /** The next contract that registers. */
  accept(): Promise<Stream> {
    return new Promise((resolve) => {
      this.#arrived = resolve
    })
  }

  /** Calls a second that a contract completes, with so many in flight. */
  async measure(stream: Stream, inFlight: number, ms: number): Promise<number> {
    const start = performance.now()
    let done = 0
    let running = inFlight
    await new Promise<void>((resolve) => {
      this.#done.set(stream, () => {
        done += 1
        if (performance.now() - start < ms) this.#call(stream)
        else if (--running === 0) resolve()
      })
      for (let n = 0; n < inFlight; n++) this.#call(stream)
    })
    return done / ((performance.now() - start) / 1_000)
  }

  close(): void {
    this.#server.forceShutdown()
  }

  #call(stream: Stream): void {
    const txid = `${++this.#count}`.padStart(64, '0')
    stream.write({
      type: Type.TRANSACTION,
      txid,
      channelId: 'mychannel',
      payload: this.#payload,
      proposal: this.#proposal,
    })
  }

  #serve(stream: Stream): void {
    stream.on('error', () => undefined)
    stream.on('data', ({ type, txid, channelId }: ChaincodeMessage) => {
      if (type === Type.COMPLETED) this.#done.get(stream)?.()
      else if (type !== Type.REGISTER) {
        stream.write({
          type: Type.RESPONSE,
          txid,
          channelId,
          payload: type === Type.GET_STATE ? VALUE : NOTHING,
        })
      } else {
        stream.write({ type: Type.REGISTERED })
        stream.write({ type: Type.READY })
        this.#arrived(stream)
      }
    })
  }
}

function proposalOf(certificate: string): SignedProposal {
  const creator = SerializedIdentity.encode({ mspid: 'Org1MSP', idBytes: Buffer.from(certificate) })
  const header = Header.encode({
    channelHeader: ChannelHeader.encode({
      type: 3,
      channelId: 'mychannel',
      timestamp: { seconds: 1_700_000_000, nanos: 0 },
    }),
    signatureHeader: SignatureHeader.encode({ creator, nonce: Buffer.alloc(24, 1) }),
  })
  const payload = ChaincodeProposalPayload.encode({ input: Buffer.from('input') })
  return { proposalBytes: Proposal.encode({ header, payload }), signature: Buffer.alloc(70) }
}
