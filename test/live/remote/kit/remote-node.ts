import { expect } from '@jest/globals'
import { freePort } from '../../../support/program.js'
import { waitFor } from '../../../support/wait-for.js'
import { LiveNode } from '../../live-node.js'

export interface Backlog {
  readonly pending: number
  readonly leased: number
  readonly committed: number
  readonly failed: number
  readonly dead: number
  readonly outputs_waiting: number
  readonly streams: number
}

interface AuditPage {
  readonly committed: number
  readonly outputs: number
  readonly problems: readonly unknown[]
  readonly next_cursor: string | null
}

export interface Contract {
  readonly contractId: string
  readonly apiKey: string
  readonly keyId: string
}

/** A node process that runs remote contracts and can be started anew on the same folder and ports. */
export class RemoteNode {
  readonly folder: string
  readonly contractPort: number
  readonly #port: number
  readonly #flags: readonly string[]
  readonly #environment: Record<string, string>
  #node: LiveNode | undefined

  private constructor(
    folder: string,
    port: number,
    contractPort: number,
    flags: readonly string[],
    environment: Record<string, string>,
  ) {
    this.folder = folder
    this.#port = port
    this.contractPort = contractPort
    this.#flags = flags
    this.#environment = environment
  }

  static async start(
    folder: string,
    flags: readonly string[] = ['--mine', 'auto', '--gather-time', '0.05'],
    environment: Record<string, string> = {},
  ) {
    const node = new RemoteNode(folder, await freePort(), await freePort(), flags, environment)
    await node.start()
    return node
  }

  get live(): LiveNode {
    if (!this.#node) throw new Error('the node does not run')
    return this.#node
  }

  async start(): Promise<void> {
    const flags = ['--contract-port', String(this.contractPort), ...this.#flags]
    this.#node = await LiveNode.start(this.folder, flags, this.#port, this.#environment)
  }

  async killHard(): Promise<void> {
    await this.live.killHard()
  }

  async register(txnType: string, more: object = {}): Promise<Contract> {
    const answer = (await this.live.send('POST', '/remote/contracts/', { txn_type: txnType, ...more })) as {
      readonly contract: { readonly contract_id: string }
      readonly key: { readonly api_key: string; readonly key_id: string }
    }
    return {
      contractId: answer.contract.contract_id,
      apiKey: answer.key.api_key,
      keyId: answer.key.key_id,
    }
  }

  async chainId(): Promise<string> {
    return ((await this.live.get('/remote/contracts/')) as { readonly chain_id: string }).chain_id
  }

  /** Returns their ids. */
  async submit(txnType: string, count: number): Promise<string[]> {
    const ids: string[] = []
    for (let from = 0; from < count; from += 500) {
      const length = Math.min(500, count - from)
      const records = Array.from({ length }, (_, i) => ({ txn_type: txnType, payload: { n: from + i } }))
      const { results } = (await this.live.send('POST', '/records/batch/', { records })) as {
        readonly results: readonly { readonly transaction_id?: string }[]
      }
      for (const { transaction_id: id } of results) {
        if (id === undefined) throw new Error(`a record was refused: ${JSON.stringify(results)}`)
        ids.push(id)
      }
    }
    return ids
  }

  async backlog(contractId: string): Promise<Backlog> {
    return (await this.live.get(`/remote/contracts/${contractId}/backlog/`)) as Backlog
  }

  /** Resolves when so many invocations are committed and their outputs stand in blocks, as the audit says. */
  async untilDone(contractId: string, committed: number): Promise<void> {
    await waitFor(
      `${committed} invocations to be committed and their outputs to stand in blocks`,
      async () => (await this.backlog(contractId)).committed === committed,
      120_000,
    )
    const counts = await waitFor(
      'the last output to stand in a block',
      async () => {
        const found = await this.audit(contractId)
        return found.outputs === committed ? found : undefined
      },
      60_000,
    )
    expect(counts).toEqual({ committed, outputs: committed, problems: 0 })
  }

  /** What the node's own audit counts, all pages together. */
  async audit(contractId: string) {
    const sums = { committed: 0, outputs: 0, problems: 0 }
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
      const page = (await this.live.get(`/remote/contracts/${contractId}/audit/${query}`)) as AuditPage
      sums.committed += page.committed
      sums.outputs += page.outputs
      sums.problems += page.problems.length
      cursor = page.next_cursor
    }
    return sums
  }

  /** How often the chain holds an output of each invoking transaction, read from the blocks themselves. */
  async outputs(contractId: string): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    const { height } = await this.live.status()
    for (let at = 0; at <= height; at++) {
      const block = (await this.live.get(`/blocks/${at}/`)) as {
        readonly transactions: readonly {
          readonly payload?: {
            readonly kind: string
            readonly contract?: string
            readonly invoked_by?: string
          }
        }[]
      }
      for (const { payload } of block.transactions) {
        if (payload?.kind !== 'output' || payload.contract !== contractId) continue
        const by = payload.invoked_by ?? ''
        counts.set(by, (counts.get(by) ?? 0) + 1)
      }
    }
    return counts
  }
}
