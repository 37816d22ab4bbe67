import { Client, type ClientDuplexStream, credentials, Metadata, type StatusObject } from '@grpc/grpc-js'
import { setTimeout as delay } from 'node:timers/promises'
import { AckStatus, ClientFrame, PrimeFrame, type Result } from '../../../../src/contract/wire/remote.js'
import { afterThisTest } from '../../../support/cleanup.js'

type Delivery = NonNullable<PrimeFrame['delivery']>
type Outcome = Partial<Omit<Result, 'invocationId' | 'leaseToken'>>

export interface WorkerOptions {
  readonly port: number
  readonly chainId: string
  readonly contractId: string
  readonly apiKey: string
  readonly instanceId: string
  readonly maxInFlight: number
  /** How long it stays away when its stream has ended; `healthyMs`: how long the last session stood. A moment by default. */
  readonly awayMs?: (healthyMs: number) => number
  /** What the contract makes of a delivery. */
  readonly work: (delivery: Delivery) => Promise<Outcome>
}

interface Job {
  readonly delivery: Delivery
  /** Undefined while it is being worked on. */
  result?: Result
}

const RECONNECT_MS = 100
const HEARTBEAT_MS = 5000

/** A client that does what the templates do: it comes back by itself, says what it holds, and repeats what nobody acknowledged. */
export class Worker {
  readonly #options: WorkerOptions
  readonly #jobs = new Map<string, Job>()
  /** Acknowledgements so far by invocation, in order. */
  readonly acknowledged = new Map<string, number[]>()
  readonly ends: StatusObject[] = []
  /** When it called the node, by the monotonic clock. */
  readonly attemptsMs: number[] = []
  deliveries = 0
  welcomes = 0
  #stream: ClientDuplexStream<Partial<ClientFrame>, PrimeFrame> | undefined
  #welcomeMs: number | undefined
  #isStopped = false

  constructor(options: WorkerOptions) {
    this.#options = options
    void this.#run()
    afterThisTest(() => this.stop())
  }

  get inFlight(): number {
    return this.#jobs.size
  }

  get committed(): number {
    return [...this.acknowledged.values()].filter((all) => all.some(isCommitted)).length
  }

  stop(): void {
    this.#isStopped = true
    this.#stream?.cancel()
  }

  async #run(): Promise<void> {
    const { awayMs = () => RECONNECT_MS } = this.#options
    while (!this.#isStopped) {
      this.attemptsMs.push(performance.now())
      this.ends.push(await this.#session())
      const healthyMs = this.#welcomeMs === undefined ? 0 : performance.now() - this.#welcomeMs
      await delay(awayMs(healthyMs), undefined, { ref: false })
    }
  }

  async #session(): Promise<StatusObject> {
    const client = new Client(`127.0.0.1:${this.#options.port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    })
    const stream = client.makeBidiStreamRequest<Partial<ClientFrame>, PrimeFrame>(
      '/remote_sc.v1.RemoteContracts/Connect',
      (frame) => Buffer.from(ClientFrame.encode(frame)),
      (bytes) => PrimeFrame.decode(bytes),
      this.#headers(),
    )
    this.#stream = stream
    this.#welcomeMs = undefined
    const timer = setInterval(
      () => stream.write({ heartbeat: { unixMs: Date.now(), echo: 0 } }),
      HEARTBEAT_MS,
    )
    stream.on('error', () => undefined)
    stream.on('data', (frame: PrimeFrame) => this.#take(frame))
    stream.write({ hello: this.#hello() })
    const status = await new Promise<StatusObject>((resolve) => stream.once('status', resolve))
    clearInterval(timer)
    this.#stream = undefined
    client.close()
    return status
  }

  #headers(): Metadata {
    const { apiKey, chainId, contractId } = this.#options
    const metadata = new Metadata()
    metadata.set('x-api-key', apiKey)
    metadata.set('x-chain-id', chainId)
    metadata.set('x-smart-contract-id', contractId)
    return metadata
  }

  #hello(): NonNullable<ClientFrame['hello']> {
    const { instanceId, maxInFlight } = this.#options
    const held = [...this.#jobs.values()].map(({ delivery: { invocationId, leaseToken } }) => ({
      invocationId,
      leaseToken,
    }))
    return {
      ...{ protocol: 1, instanceId, maxInFlight, held, features: [] },
      ...{ language: 'raw', templateVersion: '1.0.0' },
    }
  }

  #take({ welcome, delivery, resultAck, cancel, drain }: PrimeFrame): void {
    if (welcome) {
      this.welcomes += 1
      this.#welcomeMs = performance.now()
      for (const id of this.#jobs.keys()) if (!welcome.kept.includes(id)) this.#jobs.delete(id)
      for (const { result } of this.#jobs.values()) if (result) this.#stream?.write({ result })
    } else if (delivery) {
      this.deliveries += 1
      void this.#work(delivery)
    } else if (resultAck) {
      const { invocationId, status } = resultAck
      this.#jobs.delete(invocationId)
      const before = this.acknowledged.get(invocationId)
      if (before) before.push(status)
      else this.acknowledged.set(invocationId, [status])
    } else if (cancel) {
      this.#jobs.delete(cancel.invocationId)
    } else if (drain) {
      // The end of the stream follows.
    }
  }

  async #work(delivery: Delivery): Promise<void> {
    const job: Job = { delivery }
    const { invocationId, leaseToken } = delivery
    this.#jobs.set(invocationId, job)
    const outcome = await this.#options.work(delivery)
    if (this.#jobs.get(invocationId) !== job) return
    job.result = {
      ...{ dataJson: '{}', outputToChain: true, error: undefined, logs: null, durationMs: 1 },
      ...{ outputTag: undefined, heapJson: {}, ...outcome },
      ...{ invocationId, leaseToken },
    }
    this.#stream?.write({ result: job.result })
  }
}

function isCommitted(status: number): boolean {
  return status === AckStatus.COMMITTED || status === AckStatus.ALREADY_COMMITTED
}
