import type {
  Acknowledgement,
  Attached,
  Client,
  Delivery,
  Held,
  Outcome,
  Prime,
} from '../../../../../src/contract/remote/prime.js'
import { AckStatus } from '../../../../../src/contract/wire/remote.js'

export const COMMITTED: Acknowledgement = {
  status: AckStatus.COMMITTED,
  outputTxnId: 'output',
  detail: '',
}

/** A prime whose every move is the test's. */
export class FakePrime implements Prime {
  readonly clients = new Map<string, Client>()
  /** What sessions told it, in order. */
  readonly heard: string[] = []
  readonly outcomes: Outcome[] = []
  kept: readonly string[] = []
  held: readonly Held[] = []
  maxInFlight = 10
  /** Called when a client has started. */
  onStart: (client: Client) => void = () => undefined
  onAttach: () => void = () => undefined
  answer: (outcome: Outcome) => Promise<Acknowledgement> = () => Promise.resolve(COMMITTED)

  attach(client: Client, maxInFlight: number, held: readonly Held[]): Attached {
    this.onAttach()
    this.held = held
    for (const [sessionId, other] of this.clients) {
      if (other.instanceId !== client.instanceId || other.contractId !== client.contractId) continue
      this.clients.delete(sessionId)
      other.supersede()
    }
    this.clients.set(client.sessionId, client)
    const grantedInFlight = Math.min(maxInFlight, this.maxInFlight)
    return { executionOrder: 'parallel', leaseMs: 60_000, backlog: 7, grantedInFlight, kept: this.kept }
  }

  start(sessionId: string): void {
    this.heard.push('start')
    const client = this.clients.get(sessionId)
    if (client) this.onStart(client)
  }

  detach(sessionId: string, how: 'goodbye' | 'lost'): void {
    this.clients.delete(sessionId)
    this.heard.push(`detach ${how}`)
  }

  credit(_: string, maxInFlight: number): void {
    this.heard.push(`credit ${maxInFlight}`)
  }

  progress(_: string, invocationId: string): void {
    this.heard.push(`progress ${invocationId}`)
  }

  finish(_: string, outcome: Outcome): Promise<Acknowledgement> {
    this.outcomes.push(outcome)
    return this.answer(outcome)
  }

  backlog(): number {
    return 7
  }

  get only(): Client {
    const [client] = this.clients.values()
    if (!client) throw new Error('no client is attached')
    return client
  }
}

export function delivery(n: number, more: Partial<Delivery> = {}): Delivery {
  return {
    invocationId: `contract:txn${n}`,
    seq: n,
    leaseToken: Buffer.from(`token${n}`),
    attempt: 1,
    deadlineMs: 1_700_000_060_000,
    transactionJson: `{"n":${n}}`,
    txnId: `txn${n}`,
    kind: 'transaction',
    leaseMs: 60_000,
    ...more,
  }
}
