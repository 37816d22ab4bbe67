/** Contracts that need more memory than there is, in every language: their own records die of it, the others do not. */
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { temporaryFolder } from '../../support/cleanup.js'
import { RemoteNode } from './kit/remote-node.js'
import type { Settings } from './support/contract-process.js'
import { inEachLanguage, languages, reportAbsent } from './support/each-language.js'
import { type Language, readyFolder } from './support/languages.js'
import { MemoryWarden } from './support/memory-warden.js'
import type { Order } from './support/order.js'
import { ServedContract } from './support/served-contract.js'
import { SupervisedClient } from './support/supervised-client.js'

/** What a process may have before the kernel, as the test plays it, ends it; the clients have some 100 MB by themselves. */
const LIMIT_MB = 200
const GLUTTONY = { do: 'hog', bytes: 240_000_000, ms: 20_000 } as const

/** What the system grants a process, in all; threads count with the stacks they might come to need. */
const GRANTED_KB = 240_000
/** Of a thread in TypeScript. */
const HEAP_MB = 64

const DEADLINE_MS = 120_000
const HALT_MS = 240_000

const testWithWarden = MemoryWarden.isPossible() ? test : test.skip

interface Case {
  readonly client: SupervisedClient
  /** The error of the record that is dead. */
  readonly error: string
  /** How often a record that only takes its time was handed out. */
  readonly sleeperDeliveries: number
}

describe('a contract without memory', () => {
  reportAbsent()

  testWithWarden(
    'F10: is killed by the kernel: its record is dead after five, what ran beside it is done, each with one effect',
    async () => {
      const node = await startNode()
      await inEachLanguage(async (language) => {
        const { client, error, sleeperDeliveries } = await expectSurvived(node, language, 'killed')
        if (language.name === 'bash') {
          expect(client.ends).toBe(0)
          expect(error).toContain('SIGKILL')
          expect(sleeperDeliveries).toBe(1)
        } else {
          expect(client.ends).toBeGreaterThanOrEqual(5)
          expect(error).toContain('the client came back without it')
        }
      })
    },
    HALT_MS,
  )

  testWithWarden(
    'F10: is refused more by the system: its record is dead after five, and the client says why',
    async () => {
      const node = await startNode()
      await inEachLanguage(async (language) => {
        const settings: Settings = language.name === 'typescript' ? { worker_memory_mb: HEAP_MB } : {}
        const { client, error } = await expectSurvived(
          node,
          language,
          'refused',
          settings,
          language.name === 'typescript' ? language : limited(language),
        )
        expect(language.name === 'go' ? client.output : error).toMatch(REFUSAL)
      })
    },
    HALT_MS,
  )
})

const REFUSAL = /memory limit|MemoryError|out of memory|cannot allocate/

function limited(language: Language): Language {
  const limit = `ulimit -d ${GRANTED_KB} && exec "$@"`
  return { ...language, start: ['bash', '-c', limit, 'limited', ...language.start] }
}

async function startNode(): Promise<RemoteNode> {
  await Promise.all(languages().map(readyFolder))
  return RemoteNode.start(join(await temporaryFolder(), 'node'))
}

async function expectSurvived(
  node: RemoteNode,
  language: Language,
  name: 'killed' | 'refused',
  settings: Settings = {},
  wrapped: Language = language,
): Promise<Case> {
  const contract = await ServedContract.register(node, language, name)
  const orders: readonly Order[] = [
    { do: 'sleep', ms: 3000 },
    { ...GLUTTONY, n: 99 },
    { ...GLUTTONY, n: 1 },
    { do: 'sleep', ms: 3000 },
    ...Array.from({ length: 6 }, (_, n): Order => ({ do: 'ok', n })),
  ]
  const ids: string[] = []
  for (const order of orders) ids.push(await contract.submit(order))
  const own = { instance_id: 'only', num_workers: 4, ...settings }
  const client = await SupervisedClient.start(async () => contract.connect(undefined, own, wrapped))
  if (name === 'killed') new MemoryWarden(LIMIT_MB, () => [client.pid])

  const [sleeper = '', poison = '', cured = '', other = '', ...quick] = ids
  const dead = await contract.until(poison, 'dead', DEADLINE_MS)
  expect(dead.failures).toBe(5)
  for (const id of [sleeper, other, ...quick]) await contract.until(id, 'committed')
  const { data, deliveries } = await contract.until(cured, 'committed')
  expect(data?.attempt).toBe(deliveries)
  expect(deliveries).toBeGreaterThanOrEqual(2)
  for (const id of [cured, ...quick]) expect(await contract.outputsOf(id)).toBe(1)
  const counts = { committed: ids.length - 1, outputs: quick.length + 1, problems: 0 }
  expect(await node.audit(contract.contractId)).toEqual(counts)
  const { deliveries: sleeperDeliveries } = await contract.until(sleeper, 'committed')
  expect(await client.stop()).toBe(0)
  return { client, error: dead.error ?? '', sleeperDeliveries }
}
