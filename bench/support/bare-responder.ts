import { promisify } from 'node:util'
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import type { Call } from '../../src/contract/call.js'
import {
  ChaincodeInput,
  type ChaincodeMessage,
  ChaincodeMessageType as Type,
  GetState,
  PutState,
  SignedProposal,
} from '../../src/contract/wire/fabric.js'
import { chaincodeSupport } from '../../src/contract/wire/services.js'

type Messages = ServerDuplexStream<ChaincodeMessage, Partial<ChaincodeMessage>>

const NOTHING = new Uint8Array()

/** The least that a contract needs to run: values in a Map, nothing checked, nothing remembered. */
export class BareResponder {
  readonly #server = new Server({ 'grpc.enable_channelz': 0 })
  readonly #values = new Map<string, Uint8Array>()
  readonly #calls = new Map<string, () => void>()
  readonly #ready: Promise<Messages>

  constructor() {
    this.#ready = new Promise((resolve) => {
      this.#server.addService(chaincodeSupport, {
        register: (messages: Messages) => {
          messages.on('data', (message: ChaincodeMessage) => {
            if (message.type === Type.REGISTER) resolve(messages)
            this.#receive(messages, message)
          })
        },
      })
    })
  }

  /** Its port. */
  listen(): Promise<number> {
    const bind = promisify(this.#server.bindAsync.bind(this.#server))
    return bind('127.0.0.1:0', ServerCredentials.createInsecure())
  }

  async run(call: Call): Promise<void> {
    const messages = await this.#ready
    const { callId, channelId, args, signedProposal } = call
    return new Promise((resolve) => {
      this.#calls.set(callId, resolve)
      const payload = ChaincodeInput.encode({ args })
      const proposal = SignedProposal.decode(signedProposal)
      messages.write({ type: Type.TRANSACTION, txid: callId, channelId, payload, proposal })
    })
  }

  close(): void {
    this.#server.forceShutdown()
  }

  #receive(messages: Messages, { type, txid, channelId, payload }: ChaincodeMessage): void {
    if (type === Type.REGISTER) {
      messages.write({ type: Type.REGISTERED })
      messages.write({ type: Type.READY })
    } else if (type === Type.GET_STATE) {
      const value = this.#values.get(GetState.decode(payload).key) ?? NOTHING
      messages.write({ type: Type.RESPONSE, txid, channelId, payload: value })
    } else if (type === Type.PUT_STATE) {
      const { key, value } = PutState.decode(payload)
      this.#values.set(key, value)
      messages.write({ type: Type.RESPONSE, txid, channelId })
    } else {
      this.#calls.get(txid)?.()
    }
  }
}
