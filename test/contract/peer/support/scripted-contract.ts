import type { ContractLine, Refusal } from '../../../../src/contract/peer/contract-line.js'
import { ContractStream, type Registrar } from '../../../../src/contract/peer/contract-stream.js'
import { DEFAULT_CONTRACT_PEER_SETTINGS } from '../../../../src/contract/peer/settings.js'
import {
  ChaincodeID,
  ChaincodeMessage,
  ChaincodeMessageType as Type,
  Response,
} from '../../../../src/contract/wire/fabric.js'

type Settings = typeof DEFAULT_CONTRACT_PEER_SETTINGS

export interface Said {
  readonly type: keyof typeof Type
  readonly txid?: string
  readonly channelId?: string
  readonly payload?: Uint8Array
  readonly event?: { readonly name: string; readonly payload: Uint8Array }
}

/** A contract process whose every message is written by the test. Messages pass through their bytes, as over a wire. */
export class ScriptedContract implements ContractLine {
  readonly address = 'in memory'
  readonly expectedId: string | undefined
  pendingBytes = 0
  readonly stream: ContractStream
  /** What the node sent and nobody has looked at. */
  readonly heard: ChaincodeMessage[] = []
  /** How the node ended the stream; undefined: it did not. */
  ended: { readonly refusal: Refusal | undefined } | undefined
  readonly #listeners = new Set<() => void>()

  constructor(registrar: Registrar, settings: Partial<Settings> = {}, expectedId?: string) {
    this.expectedId = expectedId
    this.stream = new ContractStream(this, registrar, { ...DEFAULT_CONTRACT_PEER_SETTINGS, ...settings })
  }

  /** One that is registered and ready. */
  static registered(registrar: Registrar, id: string, settings: Partial<Settings> = {}): ScriptedContract {
    const contract = new ScriptedContract(registrar, settings)
    contract.register(id)
    contract.heard.length = 0
    return contract
  }

  register(id: string): void {
    this.say({ type: 'REGISTER', payload: ChaincodeID.encode({ name: id }) })
  }

  say({ type, event, ...rest }: Said): void {
    const chaincodeEvent = event && {
      chaincodeId: '',
      txId: '',
      eventName: event.name,
      payload: event.payload,
    }
    const bytes = ChaincodeMessage.encode({
      ...rest,
      type: Type[type],
      ...(chaincodeEvent ? { chaincodeEvent } : {}),
    })
    this.stream.receive(ChaincodeMessage.decode(bytes))
  }

  /** Answers a call with 200, or with what is given. */
  complete(
    { txid, channelId }: { readonly txid: string; readonly channelId: string },
    response: Partial<Response> = { status: 200 },
    event?: Said['event'],
  ): void {
    const payload = Response.encode(response)
    this.say({ type: 'COMPLETED', txid, channelId, payload, ...(event ? { event } : {}) })
  }

  /** The connection breaks. */
  vanish(): void {
    this.stream.lost('gone')
  }

  send(message: Partial<ChaincodeMessage>): void {
    this.heard.push(ChaincodeMessage.decode(ChaincodeMessage.encode(message)))
    for (const listener of this.#listeners) listener()
  }

  end(refusal?: Refusal): void {
    this.ended = { refusal }
  }

  /** The next message of the node that nobody has looked at. */
  async next(): Promise<ChaincodeMessage> {
    while (this.heard.length === 0) {
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.#listeners.delete(listener)
          resolve()
        }
        this.#listeners.add(listener)
      })
    }
    return this.heard.shift() as ChaincodeMessage
  }
}

/** Names of what was said, for comparisons. */
export function typesOf(messages: readonly ChaincodeMessage[]): readonly string[] {
  return messages.map(({ type }) => Object.entries(Type).find(([, number]) => number === type)?.[0] ?? '?')
}

export function textOf({ payload }: ChaincodeMessage): string {
  return Buffer.from(payload).toString()
}
