import { waitFor } from '../../../support/wait-for.js'
import type { Contract, RemoteNode } from '../kit/remote-node.js'
import { ContractProcess, type Settings } from './contract-process.js'
import type { Language } from './languages.js'
import type { Answer, Order } from './order.js'

export interface Invocation {
  readonly state: 'pending' | 'leased' | 'committed' | 'failed' | 'dead' | 'cancelled'
  readonly deliveries: number
  readonly failures: number
  readonly error: string | null
  readonly data: Answer | null
}

const ENDED: readonly Invocation['state'][] = ['committed', 'failed', 'dead', 'cancelled']

export interface Stream {
  readonly session_id: string
  readonly contract_id: string
  readonly instance_id: string
  readonly address: string
  /** In ms since 1970. */
  readonly since: number
}

/** A contract that is registered with a node, in a language, and what becomes of its records. */
export class ServedContract {
  readonly language: Language
  readonly #node: RemoteNode
  readonly #type: string
  readonly #contract: Contract
  readonly #chainId: string

  private constructor(
    node: RemoteNode,
    language: Language,
    type: string,
    contract: Contract,
    chainId: string,
  ) {
    this.#node = node
    this.language = language
    this.#type = type
    this.#contract = contract
    this.#chainId = chainId
  }

  static async register(
    node: RemoteNode,
    language: Language,
    name: string,
    settings: object = {},
  ): Promise<ServedContract> {
    const type = `${name}-${language.name}`
    const contract = await node.register(type, settings)
    return new ServedContract(node, language, type, contract, await node.chainId())
  }

  get contractId(): string {
    return this.#contract.contractId
  }

  /** Starts a client of it. `port`: where it connects, the node's own otherwise; `language`: started in another way. */
  async connect(
    port = this.#node.contractPort,
    more: Settings = {},
    language = this.language,
  ): Promise<ContractProcess> {
    const { contractId, apiKey } = this.#contract
    return ContractProcess.start(language, {
      server_address: `127.0.0.1:${port}`,
      chain_id: this.#chainId,
      smart_contract_id: contractId,
      api_key: apiKey,
      ...more,
    })
  }

  /** Puts a record on its way to the chain; gives its id. */
  async submit(order: Order): Promise<string> {
    const record = { txn_type: this.#type, payload: order }
    return ((await this.#node.live.send('POST', '/records/', record)) as { readonly transaction_id: string })
      .transaction_id
  }

  /** What became of a record so far; undefined: nothing yet. */
  async invocation(transactionId: string): Promise<Invocation | undefined> {
    const id = encodeURIComponent(`${this.#contract.contractId}:${transactionId}`)
    try {
      return (await this.#node.live.get(`/remote/invocations/${id}/`)) as Invocation
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('404')) return undefined
      throw error
    }
  }

  /** Waits until the invocation by a record is as said. @throws {Error} it has come to another end */
  async until(transactionId: string, state: Invocation['state'], deadlineMs?: number): Promise<Invocation> {
    const what = `${this.#type}: the record to be ${state}`
    return waitFor(
      what,
      async () => {
        const seen = await this.invocation(transactionId)
        if (seen?.state === state) return seen
        if (seen && ENDED.includes(seen.state)) throw new Error(`${what}; it is ${JSON.stringify(seen)}`)
        return undefined
      },
      deadlineMs,
    )
  }

  async streams(): Promise<readonly Stream[]> {
    const { streams } = (await this.#node.live.get('/remote/streams/')) as {
      readonly streams: readonly Stream[]
    }
    return streams.filter(({ contract_id: id }) => id === this.#contract.contractId)
  }

  /** Waits for the one stream that is there, and is none of those given. */
  async stream(known: readonly Stream[] = [], deadlineMs?: number): Promise<Stream> {
    const old = new Set(known.map(({ session_id: id }) => id))
    return waitFor(
      `${this.#type}: one stream`,
      async () => {
        const [stream, ...others] = await this.streams()
        return stream && others.length === 0 && !old.has(stream.session_id) ? stream : undefined
      },
      deadlineMs,
    )
  }

  /** How many outputs the chain holds for a record, once there is one and no other waits for a block. */
  async outputsOf(transactionId: string): Promise<number> {
    const { contractId } = this.#contract
    return waitFor(`${this.#type}: an output in a block, and none that waits`, async () => {
      const count = (await this.#node.outputs(contractId)).get(transactionId) ?? 0
      const { outputs_waiting: waiting } = await this.#node.backlog(contractId)
      return waiting === 0 ? count : 0
    })
  }
}
