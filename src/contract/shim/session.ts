import {
  ChaincodeAdditionalParams,
  ChaincodeID,
  ChaincodeInput,
  ChaincodeMessageType,
  Response,
} from '../wire/fabric.js'
import type { ChaincodeMessage } from '../wire/fabric.js'
import { NO_BYTES } from './bytes.js'
import type { Chaincode } from './chaincode.js'
import { thrownMessage } from './chaincode.js'
import type { ChaincodeResponse } from './handler.js'
import { readProposal } from './proposal.js'
import type { BatchSizes } from './request-queue.js'
import { batchSizes, RequestQueue } from './request-queue.js'
import { StreamHandler } from './stream-handler.js'
import { ChaincodeStub } from './stub.js'

const Type = ChaincodeMessageType

/** Sends one message to the node. */
export type SendMessage = (message: Partial<ChaincodeMessage>) => void

/** The node said what the protocol has no room for; the stream is to end. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
}

/**
 * A contract's side of the conversation over one stream: registers, runs transactions, several at once, and routes what the
 * node answers to the transaction that asked.
 */
export class ChaincodeSession {
  #state: 'created' | 'established' | 'ready' = 'created'
  #sizes: BatchSizes = { writes: 1, reads: 1 }
  /** Of the transactions that run, by channel and id. */
  readonly #queues = new Map<string, RequestQueue>()
  readonly #send: SendMessage
  readonly #chaincode: Chaincode
  readonly #onReady: () => void

  constructor(send: SendMessage, chaincode: Chaincode, onReady: () => void = () => undefined) {
    this.#send = send
    this.#chaincode = chaincode
    this.#onReady = onReady
  }

  /** Says who this is: the id that the node knows the contract by. */
  register(id: string): void {
    this.#send({ type: Type.REGISTER, payload: ChaincodeID.encode({ name: id }) })
  }

  /** @throws {SessionError} for a message that may not come now */
  receive(message: ChaincodeMessage): void {
    if (message.type === Type.KEEPALIVE) this.#send({ type: Type.KEEPALIVE })
    else if (this.#state === 'ready') this.#work(message)
    else this.#greet(message)
  }

  /** The stream is over: nothing that runs is answered any more. */
  end(): void {
    for (const queue of this.#queues.values()) queue.end('chaincode stream terminated')
    this.#queues.clear()
  }

  #greet(message: ChaincodeMessage): void {
    const expected = this.#state === 'created' ? Type.REGISTERED : Type.READY
    if (message.type !== expected) {
      const said = message.type === Type.ERROR ? `: ${Buffer.from(message.payload).toString()}` : ''
      throw new SessionError(`the node answered with message ${message.type} before it was ready${said}`)
    }
    if (this.#state === 'created') {
      this.#state = 'established'
      return
    }
    this.#state = 'ready'
    this.#sizes = batchSizes(additionalParams(message.payload))
    this.#onReady()
  }

  #work(message: ChaincodeMessage): void {
    switch (message.type) {
      case Type.RESPONSE:
      case Type.ERROR:
        this.#queues.get(message.channelId + message.txid)?.answer(message.type, message.payload)
        break
      case Type.TRANSACTION:
      case Type.INIT:
        void this.#run(message)
        break
      case Type.REGISTERED:
      case Type.READY:
        break
      default:
        throw new SessionError(`the node sent a message of the unknown type ${message.type}`)
    }
  }

  /** Always ends with an answer. */
  async #run(message: ChaincodeMessage): Promise<void> {
    const { txid, channelId } = message
    const key = channelId + txid
    const queue = new RequestQueue(
      (type, payload) => this.#send({ type, payload, txid, channelId }),
      this.#sizes,
    )
    const stub = this.#stubFor(message, queue)
    if (!stub) return
    this.#queues.set(key, queue)
    const response = await outcome(this.#chaincode, message.type, stub)
    queue.end(`transaction ${txid} has ended`)
    // The stream may have ended, or the node may have sent the same transaction again.
    if (this.#queues.get(key) !== queue) return
    this.#queues.delete(key)
    const event = stub.chaincodeEvent
    this.#send({
      type: Type.COMPLETED,
      payload: encodeResponse(response),
      txid,
      channelId,
      chaincodeEvent: event ? { chaincodeId: '', txId: '', ...event } : null,
    })
  }

  /** Undefined where the message cannot be understood; the node is told. */
  #stubFor(message: ChaincodeMessage, queue: RequestQueue): ChaincodeStub | undefined {
    const { txid, channelId, payload, proposal } = message
    const fail = (text: Uint8Array): void => this.#send({ type: Type.ERROR, payload: text, txid, channelId })
    let args: readonly Uint8Array[]
    try {
      ;({ args } = ChaincodeInput.decode(payload))
    } catch {
      fail(payload)
      return undefined
    }
    try {
      const facts = proposal ? readProposal(proposal) : undefined
      return new ChaincodeStub(new StreamHandler(queue), { channelId, txId: txid, args, proposal: facts })
    } catch (error) {
      fail(Buffer.from(String(error)))
      return undefined
    }
  }
}

/** Peers of newer Fabric say what they can; whatever else is there means nothing. */
function additionalParams(payload: Uint8Array): ChaincodeAdditionalParams {
  try {
    return ChaincodeAdditionalParams.decode(payload)
  } catch {
    return ChaincodeAdditionalParams.decode(NO_BYTES)
  }
}

async function outcome(chaincode: Chaincode, type: number, stub: ChaincodeStub): Promise<ChaincodeResponse> {
  const method = type === Type.INIT ? 'Init' : 'Invoke'
  try {
    const response = (await chaincode[method](stub)) as ChaincodeResponse | undefined
    if (!response?.status) {
      const who = `[${stub.getChannelID()}-${stub.getTxID().slice(0, 8)}]`
      const message = `${who} Calling chaincode ${method}() has not called success or error.`
      return { status: 500, message }
    }
    await stub.finishWriteBatch()
    return response
  } catch (error) {
    return { status: 500, message: thrownMessage(error) }
  }
}

function encodeResponse({ status, message = '', payload = NO_BYTES }: ChaincodeResponse): Uint8Array {
  return Response.encode({ status, message, payload })
}
