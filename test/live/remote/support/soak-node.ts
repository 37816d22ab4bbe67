import { freePort } from '../../../support/program.js'
import { waitFor } from '../../../support/wait-for.js'
import { LiveNode } from '../../live-node.js'

/** Where the contract is registered, for its clients. */
export interface Registered {
  readonly server_address: string
  readonly chain_id: string
  readonly smart_contract_id: string
  readonly api_key: string
}

interface Registration {
  readonly chain_id: string
  readonly contract: { readonly contract_id: string }
  readonly key: { readonly api_key: string }
}

const BLOCK_SECONDS = '0.3'

/** A node that mines, whose folder and ports stay the same however often it dies. */
export class SoakNode {
  readonly #folder: string
  readonly #port: number
  readonly #contractPort: number
  #live: LiveNode

  private constructor(folder: string, contractPort: number, live: LiveNode) {
    this.#folder = folder
    this.#port = live.port
    this.#contractPort = contractPort
    this.#live = live
  }

  static async start(folder: string): Promise<SoakNode> {
    const contractPort = await freePort()
    return new SoakNode(folder, contractPort, await startLive(folder, contractPort))
  }

  async register(txnType: string, settings: object): Promise<Registered> {
    const answer = await this.#live.send('POST', '/remote/contracts/', { txn_type: txnType, ...settings })
    const { chain_id, contract, key } = answer as Registration
    return {
      server_address: `127.0.0.1:${this.#contractPort}`,
      chain_id,
      smart_contract_id: contract.contract_id,
      api_key: key.api_key,
    }
  }

  /** Ends it as told and starts it again; resolves when it answers. */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#live.program.kill(signal)
    this.#live = await startLive(this.#folder, this.#contractPort, this.#port)
  }

  /** @throws {Error} the node is away or refuses */
  async send(path: string, body: object): Promise<unknown> {
    return this.#live.send('POST', path, body)
  }

  async get(path: string): Promise<unknown> {
    return this.#live.get(path)
  }

  async stop(): Promise<void> {
    await this.#live.program.kill('SIGTERM')
  }
}

async function startLive(folder: string, contractPort: number, port?: number): Promise<LiveNode> {
  const mining = ['--mine', 'interval', '--mine-interval', BLOCK_SECONDS]
  const args = ['--contract-port', String(contractPort), ...mining]
  const node = await LiveNode.start(folder, args, port)
  await waitFor('the node to answer', async () => node.get('/remote/contracts/').catch(() => undefined))
  return node
}
