import type { Acknowledgement, Delivery, Outcome } from '../../../src/contract/remote/prime.js'
import type { RemoteContract } from '../../../src/contract/remote/remote-contract.js'
import { AckStatus } from '../../../src/contract/wire/remote.js'
import type { TestRecord } from './memory-records.js'
import { outputIdOf } from './memory-records.js'
import type { DiskMode } from './memory-tables.js'
import {
  CONTRACT_ID,
  failure,
  outcomeOf,
  PrimeKit,
  settled,
  type TestClient,
  testContract,
} from './prime-kit.js'

type Result = 'output' | 'silent' | 'error' | 'crash' | 'junk'

export type WorldStep =
  | { readonly does: 'mine'; readonly records: number; readonly outputs: number }
  | { readonly does: 'reorg'; readonly depth: number; readonly pick: number; readonly blocks: number }
  | { readonly does: 'attach'; readonly instance: string; readonly window: number; readonly holds: boolean }
  | { readonly does: 'detach'; readonly instance: string; readonly how: 'lost' | 'goodbye' }
  | { readonly does: 'finish'; readonly pick: number; readonly result: Result }
  | { readonly does: 'again'; readonly pick: number; readonly isSame: boolean }
  | { readonly does: 'forge' | 'progress' | 'retry' | 'drop'; readonly pick: number }
  | { readonly does: 'credit'; readonly instance: string; readonly window: number }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'crash'; readonly keepsHeld: boolean }
  | { readonly does: 'restart' | 'invoke' }
  | { readonly does: 'disk'; readonly mode: DiskMode }
  | { readonly does: 'pause'; readonly isActive: boolean }

interface Worker {
  readonly client: TestClient
  /** Most that it may be given, or what it had when that became less. */
  window: number
  isConnected: boolean
  /** Delivered, not answered, not cancelled. */
  readonly tasks: Map<string, Delivery>
}

interface Sent {
  readonly outcome: Outcome
  readonly sessionId: string
}

const FINAL = ['committed', 'failed', 'dead', 'cancelled']

/** A prime with clients, a chain and a disk that do as they are told, and what follows from that if nothing goes wrong. */
export class PrimeWorld {
  readonly kit: PrimeKit
  readonly faults: string[] = []
  readonly #isSerial: boolean
  readonly #workers = new Map<string, Worker>()
  readonly #sent: Sent[] = []
  /** Final answers by invocation: there is one at most. */
  readonly #answers = new Map<string, Acknowledgement>()
  readonly #attempts = new Map<string, number>()
  readonly #tokens = new Set<string>()
  readonly #inFlight = new Set<Promise<unknown>>()
  readonly #invoked: string[] = []
  #wasReorganised = false
  #contract: RemoteContract

  constructor(contract: Partial<RemoteContract>) {
    this.#contract = testContract(contract)
    this.#isSerial = this.#contract.executionOrder === 'serial'
    this.kit = new PrimeKit({ contract, limits: { settledBlocks: 6, outputsAtOnce: 5 } })
  }

  async take(step: WorldStep): Promise<void> {
    switch (step.does) {
      case 'mine':
        this.#mine(step.records, step.outputs)
        break
      case 'reorg':
        this.#reorg(step)
        break
      case 'attach':
        this.#attach(step.instance, step.window, step.holds)
        break
      case 'detach':
        this.#detach(step.instance, step.how)
        break
      case 'finish':
        this.#finish(step.pick, step.result)
        break
      case 'again':
        this.#again(step.pick, step.isSame)
        break
      case 'forge':
        this.#forge(step.pick)
        break
      case 'progress':
        this.#progress(step.pick)
        break
      case 'credit':
        this.#credit(step.instance, step.window)
        break
      case 'wait':
        await this.kit.time.pass(step.ms)
        break
      case 'crash':
        await this.#crash(step.keepsHeld)
        break
      case 'restart':
        await this.#restart()
        break
      case 'disk':
        this.#disk(step.mode)
        break
      case 'pause':
        this.#pause(step.isActive)
        break
      case 'retry':
        this.#retry(step.pick)
        break
      case 'invoke':
        this.#follow(this.kit.prime.invoke(CONTRACT_ID, '{"by":"hand"}').then((id) => this.#invoked.push(id)))
        break
      case 'drop':
        this.#drop(step.pick)
        break
    }
    await settled()
    this.#collect()
  }

  /** What holds after every step. */
  check(): void {
    const { leased } = this.kit.prime.backlogOf(CONTRACT_ID)
    this.#expect(!this.#isSerial || leased <= 1, `${leased} leases of a serial contract`)
    for (const { client, tasks, window } of this.#workers.values()) {
      const most = this.#isSerial ? Math.min(1, window) : window
      this.#expect(tasks.size <= most, `${client.sessionId} has ${tasks.size} tasks, more than ${most}`)
    }
  }

  /** Lets everything come to its end. */
  async drain(): Promise<void> {
    this.#disk('keeps')
    this.#pause(true)
    for (const instance of [...this.#workers.keys()]) this.#detach(instance, 'goodbye')
    this.#contract = { ...this.#contract, confirmations: 1 }
    this.kit.registry.put(this.#contract)
    for (let round = 0; round < 12; round++) {
      await this.take({ does: 'wait', ms: 400_000 })
      await this.take({ does: 'attach', instance: 'last', window: 100, holds: true })
      const worker = this.#workers.get('last') as Worker
      for (let turn = 0; turn < 100 && worker.tasks.size > 0; turn++) {
        for (const task of [...worker.tasks.values()]) this.#send(worker, task, outcomeOf(task))
        await settled()
        this.#collect()
      }
      await this.take({ does: 'mine', records: 0, outputs: 1000 })
    }
    await Promise.allSettled([...this.#inFlight])
  }

  /** What holds in the end. */
  checkEnd(): void {
    const { prime, source, logged } = this.kit
    const { pending, leased, outputsWaiting, ...counts } = prime.backlogOf(CONTRACT_ID)
    this.#expect(pending + leased === 0, `${pending} pending, ${leased} leased in the end`)
    this.#expect(outputsWaiting === 0, `${outputsWaiting} outputs wait in the end: ${logged.join()}`)
    const outputs = source.outputs()
    const carried = outputs.map(outputIdOf)
    this.#expect(new Set(carried).size === carried.length, 'an invocation has two outputs')
    const ids = new Set(outputs.map(({ id }) => id))
    for (const [invocation, { outputTxnId }] of this.#answers)
      this.#expect(
        outputTxnId === '' || ids.has(outputTxnId),
        `the output of ${invocation} is not on the chain`,
      )
    this.#checkRecords()
    this.#checkOrder(outputs.map(({ id }) => id))
    const ended = prime.invocations(CONTRACT_ID, { limit: 10_000 }).map(({ state }) => state)
    const { committed, failed, dead, cancelled } = counts
    for (const [state, count] of Object.entries({ committed, failed, dead, cancelled }))
      this.#expect(
        ended.filter((each) => each === state).length === count,
        `the count of ${state} is not ${count}`,
      )
  }

  #checkRecords(): void {
    const { prime, source } = this.kit
    const inChain = source.blocks.flatMap(({ records }) => records)
    const active = inChain.filter((_, at) => this.#isActive(at + 1))
    for (const id of [
      ...active.map(({ transactionId }) => `${CONTRACT_ID}:${transactionId}`),
      ...this.#invoked,
    ]) {
      const state = prime.invocation(id)?.state
      this.#expect(state !== undefined && FINAL.includes(state), `${id} is ${state} in the end`)
      this.#expect(this.#attempts.has(id), `${id} was never delivered`)
    }
  }

  /** Outputs of a serial contract stand in the chain in the order of its answers. */
  #checkOrder(ids: readonly string[]): void {
    if (!this.#isSerial || this.#wasReorganised) return
    const answered = [...this.#answers.values()].map(({ outputTxnId }) => outputTxnId)
    const order = ids.map((id) => answered.indexOf(id)).filter((at) => at >= 0)
    this.#expect(
      order.every((at, i) => i === 0 || at > (order[i - 1] as number)),
      `outputs are out of order: ${order.join()}`,
    )
  }

  #isActive(ordinal: number): boolean {
    return this.#contract.spans.some(
      ({ after, upTo }) => ordinal > after && (upTo === null || ordinal <= upTo),
    )
  }

  #mine(count: number, outputs: number): void {
    const records = Array.from({ length: count }, () => this.kit.record())
    this.kit.source.mine(records, outputs)
  }

  /** Of the records that came off some do not come back, and others come in another order. */
  #reorg({ depth, pick, blocks }: WorldStep & { does: 'reorg' }): void {
    const { source } = this.kit
    const real = Math.min(depth, source.blocks.length)
    if (real === 0) return
    this.#wasReorganised = true
    const off = source.recordsOfLast(real).filter((_, at) => (pick >> at) % 4 !== 0)
    if (pick % 3 === 0) off.reverse()
    if (pick % 5 === 0) off.splice(pick % 2, 0, this.kit.record())
    const put: TestRecord[][] = Array.from({ length: blocks }, () => [])
    off.forEach((record, at) => put[at % Math.max(1, blocks)]?.push(record))
    source.reorg(real, put, pick % 2 === 0)
  }

  #attach(instance: string, window: number, holds: boolean): void {
    const former = this.#workers.get(instance)
    const tasks = former && holds ? [...former.tasks.values()] : []
    const held = tasks.map(({ invocationId, leaseToken }) => ({ invocationId, leaseToken }))
    const client = this.kit.attach(instance, window, held)
    this.#expect(!former?.isConnected || former.client.isSuperseded, 'the former stream goes on')
    const { kept } = client.attached
    const still = tasks.filter(({ invocationId }) => kept.includes(invocationId))
    // It may have more to do than it has room for now, until that is done.
    const room = Math.max(window, still.length)
    for (const task of still) client.tasks.set(task.invocationId, task)
    this.#workers.set(instance, { client, window: room, isConnected: true, tasks: client.tasks })
  }

  #detach(instance: string, how: 'lost' | 'goodbye'): void {
    const worker = this.#workers.get(instance)
    if (!worker?.isConnected) return
    this.kit.prime.detach(worker.client.sessionId, how)
    worker.isConnected = false
    if (how === 'goodbye') this.#workers.delete(instance)
  }

  #finish(pick: number, result: Result): void {
    const all = [...this.#workers.values()].flatMap((worker) =>
      [...worker.tasks.values()].map((task) => ({ worker, task })),
    )
    const chosen = all[pick % Math.max(1, all.length)]
    if (!chosen?.worker.isConnected) return
    this.#send(chosen.worker, chosen.task, resultOf(chosen.task, result))
  }

  #send({ client, tasks }: Worker, task: Delivery, outcome: Outcome): void {
    this.#sent.push({ outcome, sessionId: client.sessionId })
    const answer = this.kit.prime.finish(client.sessionId, outcome).then(
      (acknowledgement) => {
        if (tasks.get(task.invocationId) === task) tasks.delete(task.invocationId)
        this.#answered(task, outcome, acknowledgement)
      },
      () => undefined,
    )
    this.#follow(answer)
  }

  #answered({ invocationId }: Delivery, outcome: Outcome, acknowledgement: Acknowledgement): void {
    const isFinal =
      acknowledgement.status === AckStatus.REJECTED ||
      (acknowledgement.status === AckStatus.COMMITTED && outcome.error?.kind !== 2)
    if (!isFinal) return
    this.#expect(!this.#answers.has(invocationId), `${invocationId} was taken twice`)
    this.#answers.set(invocationId, acknowledgement)
  }

  #again(pick: number, isSame: boolean): void {
    const sent = this.#sent[pick % Math.max(1, this.#sent.length)]
    const worker = [...this.#workers.values()].find(({ isConnected }) => isConnected)
    if (!sent || !worker) return
    const outcome = isSame ? sent.outcome : { ...sent.outcome, dataJson: '{"other":true}', error: undefined }
    const before = this.#answers.get(outcome.invocationId)
    const isOver = before !== undefined
    const answer = this.kit.prime.finish(worker.client.sessionId, outcome).then(
      (acknowledgement) => {
        const { status } = acknowledgement
        const isNew = status === AckStatus.COMMITTED || status === AckStatus.REJECTED
        this.#expect(!isOver || !isNew, `${outcome.invocationId} was taken after its end`)
        if (!isNew) return
        for (const { tasks } of this.#workers.values()) tasks.delete(outcome.invocationId)
        this.#answered({ invocationId: outcome.invocationId } as Delivery, outcome, acknowledgement)
      },
      () => undefined,
    )
    this.#follow(answer)
  }

  #forge(pick: number): void {
    const worker = [...this.#workers.values()].find(({ tasks, isConnected }) => tasks.size > 0 && isConnected)
    const task = worker && [...worker.tasks.values()][pick % worker.tasks.size]
    if (!task) return
    const outcome = outcomeOf(task, { leaseToken: Buffer.alloc(16, pick) })
    const answer = this.kit.prime.finish(worker.client.sessionId, outcome).then(({ status }) => {
      this.#expect(status === AckStatus.STALE, `a forged token was answered with ${status}`)
    })
    this.#follow(answer)
  }

  #progress(pick: number): void {
    for (const { client, tasks } of this.#workers.values()) {
      const task = [...tasks.values()][pick % Math.max(1, tasks.size)]
      if (task) this.kit.prime.progress(client.sessionId, task.invocationId, task.leaseToken, undefined)
    }
  }

  #credit(instance: string, window: number): void {
    const worker = this.#workers.get(instance)
    if (!worker?.isConnected) return
    this.kit.prime.credit(worker.client.sessionId, window)
    worker.window = Math.max(window, worker.tasks.size)
  }

  async #crash(keepsHeld: boolean): Promise<void> {
    this.kit.memory.crash(keepsHeld)
    this.kit.memory.mode = 'keeps'
    this.#inFlight.clear()
    await this.kit.crash()
    this.#disconnected()
  }

  async #restart(): Promise<void> {
    if (this.kit.memory.mode === 'fails') return
    this.#disk('keeps')
    await this.kit.restart()
    this.#disconnected()
  }

  /** Clients go on with what they have, and come back. */
  #disconnected(): void {
    for (const worker of this.#workers.values()) worker.isConnected = false
  }

  #disk(mode: DiskMode): void {
    this.kit.memory.mode = mode
    if (mode === 'keeps') this.kit.memory.release()
  }

  #pause(isActive: boolean): void {
    if ((this.#contract.state === 'active') === isActive) return
    const count = this.kit.source.count('order')
    const { spans } = this.#contract
    const last = spans.at(-1)
    this.#contract = {
      ...this.#contract,
      state: isActive ? 'active' : 'inactive',
      spans: isActive
        ? [...spans, { after: Math.max(count, last?.upTo ?? 0), upTo: null }]
        : [...spans.slice(0, -1), { after: last?.after ?? 0, upTo: Math.max(count, last?.after ?? 0) }],
    }
    this.kit.registry.put(this.#contract)
  }

  #retry(pick: number): void {
    const dead = this.kit.prime.invocations(CONTRACT_ID, { state: 'dead', limit: 100 })
    const chosen = dead[pick % Math.max(1, dead.length)]
    if (chosen) this.#follow(this.kit.prime.retry(chosen.id).catch(() => undefined))
  }

  #drop(pick: number): void {
    const ids = [...this.kit.source.pool.keys()]
    const id = ids[pick % Math.max(1, ids.length)]
    this.#wasReorganised = true
    if (id !== undefined) this.kit.source.drop(id)
  }

  /** What was delivered since the last step. */
  #collect(): void {
    this.kit.deliveries.splice(0).forEach((each) => this.#checkDelivery(each))
  }

  #checkDelivery({ invocationId, attempt, leaseToken }: Delivery): void {
    const token = Buffer.from(leaseToken).toString('hex')
    this.#expect(!this.#tokens.has(token), `a token of ${invocationId} was used before`)
    this.#tokens.add(token)
    this.#expect(!this.#answers.has(invocationId), `${invocationId} was delivered after its end`)
    this.#expect(
      attempt > (this.#attempts.get(invocationId) ?? 0),
      `attempt ${attempt} of ${invocationId} again`,
    )
    this.#attempts.set(invocationId, attempt)
  }

  #follow(work: Promise<unknown>): void {
    const done = work.catch(() => undefined).finally(() => this.#inFlight.delete(done))
    this.#inFlight.add(done)
  }

  #expect(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault)
  }
}

function resultOf(task: Delivery, result: Result): Outcome {
  if (result === 'output') return outcomeOf(task, { heapJson: { last: JSON.stringify(task.txnId) } })
  if (result === 'silent') return outcomeOf(task, { outputToChain: false })
  if (result === 'error') return outcomeOf(task, failure('the author says no', 'BUSINESS'))
  if (result === 'junk') return outcomeOf(task, { dataJson: '{"not": json' })
  return outcomeOf(task, failure('the code crashed'))
}
