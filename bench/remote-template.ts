import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { CheckReply } from '../src/contract/wire/remote.js'
import { remoteContracts } from '../src/contract/wire/services.js'
import { forInformation, type Row, staysUnder } from './row.js'
import { type BuiltTemplate, builtTemplate } from './support/built-template.js'
import { startChild } from './support/child.js'
import { CONTRACT } from './support/made-up-prime.js'
import { withFolder } from './support/with-folder.js'

const RECORDS = 100_000
const PAYLOAD_BYTES = 1_000
const WORKERS = 128
const LEAST_RATE = 12_000
const MOST_SECONDS = 15
const LOOK_MS = 20

interface Drained {
  readonly seconds: number
  /** CPU time of all threads of the client. */
  readonly clientCpuMs: number
  readonly nodeCpuMs: number
}

/** What a client made from the TypeScript template gets through: of a node that does nothing, and of one that keeps everything. */
export async function run(): Promise<Row[]> {
  const template = await builtTemplate('quick-contract-source')
  const idle = await drain('idle-prime-server', {}, template)
  const durable = await withFolder((folder) =>
    drain('remote-drain-server', { folder: join(folder, 'remote') }, template),
  )
  const rate = RECORDS / idle.seconds
  const alone = `remote contracts: the TypeScript template, ${WORKERS} workers, a node that does nothing`
  const kept = `remote contracts: ${RECORDS} records of 1 KB drained by one TypeScript template, each result on disk`
  return [
    { claim: alone, unit: 'records/s', value: rate, target: `>= ${LEAST_RATE}`, ok: rate >= LEAST_RATE },
    staysUnder(100, {
      claim: `${alone}: its CPU time`,
      unit: 'µs/record',
      value: perRecord(idle.clientCpuMs),
    }),
    staysUnder(MOST_SECONDS, { claim: kept, unit: 's', value: durable.seconds }),
    forInformation({
      claim: `${kept}: its CPU time`,
      unit: 'µs/record',
      value: perRecord(durable.clientCpuMs),
    }),
    forInformation({
      claim: `${kept}: the node's CPU time`,
      unit: 'µs/record',
      value: perRecord(durable.nodeCpuMs),
    }),
  ]
}

function perRecord(ms: number): number {
  return (ms * 1000) / RECORDS
}

async function drain(server: string, input: object, { main, config }: BuiltTemplate): Promise<Drained> {
  const node = await startChild(server, { ...input, records: RECORDS, payloadBytes: PAYLOAD_BYTES })
  const address = `127.0.0.1:${node.url}`
  const login = { API_KEY: 'key', CHAIN_ID: 'c'.repeat(64), SMART_CONTRACT_ID: CONTRACT.id }
  const settings = { ...login, SERVER_ADDRESS: address, NUM_WORKERS: String(WORKERS) }
  const environment = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`REMOTE_SC_${name}`, value]),
  )
  const question = new Question(address, login)
  const before = await node.cpuMs()
  const client = await startChild('remote-template-source', { main, config, environment })
  const startMs = await question.when((backlog) => backlog < RECORDS)
  const clientBefore = await client.cpuMs()
  const endMs = await question.when((backlog) => backlog === 0)
  const clientCpuMs = (await client.cpuMs()) - clientBefore
  const nodeCpuMs = (await node.cpuMs()) - before
  await client.stop()
  question.close()
  await node.stop()
  return { seconds: (endMs - startMs) / 1000, clientCpuMs, nodeCpuMs }
}

/** Asks the node again and again what is left. */
class Question {
  readonly #client: Client
  readonly #headers = new Metadata()

  constructor(address: string, login: Readonly<Record<string, string>>) {
    this.#client = new Client(address, credentials.createInsecure())
    for (const [name, value] of Object.entries(login))
      this.#headers.set(`x-${name.toLowerCase().replaceAll('_', '-')}`, value)
  }

  /** Resolves with the time at which the backlog is so. */
  async when(isSo: (backlog: number) => boolean): Promise<number> {
    while (!isSo((await this.#ask()).backlog)) await sleep(LOOK_MS)
    return performance.now()
  }

  close(): void {
    this.#client.close()
  }

  #ask(): Promise<CheckReply> {
    const { path, requestSerialize, responseDeserialize } = remoteContracts.check
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        {},
        this.#headers,
        (error, reply) => {
          if (error || !reply) reject(error ?? new Error('no answer'))
          else resolve(reply)
        },
      )
    })
  }
}
