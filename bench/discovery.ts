import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningNode } from '../src/app/node.js'
import { keyOf } from '../src/nodes/record.js'
import { forInformation, type Row, staysUnder } from './row.js'
import { benchNode } from './support/bench-node.js'
import { withFolder } from './support/with-folder.js'

const NODES = 50
const ROUNDS_ALLOWED = 8
const SMALLER_LIMITS = [6, 12, 24]
const LIMITS = [...SMALLER_LIMITS, NODES - 1]
/** What discovery asks for; other parts of a node call others too. */
const PATHS = new Set(['/', '/nodes/', '/blockchain/'])
/** Fifty nodes in one process are slow to answer where others use the machine; slow is not dead. */
const PATIENT = ['--request-timeout', '120']
const SETTLING_ROUNDS = 2
const COUNTED_ROUNDS = 2

/** How soon all nodes know all, and what keeping it so costs. */
export async function run(): Promise<Row[]> {
  const costs: number[] = []
  for (const limit of SMALLER_LIMITS) costs.push(await withNetwork(limit, requestsPerRound))
  const [rounds, cost] = await withNetwork(NODES - 1, async (network) => [
    await roundsToKnowAll(network),
    await requestsPerRound(network),
  ])
  costs.push(cost)
  return [
    staysUnder(ROUNDS_ALLOWED + 1, {
      claim: `${NODES} nodes with limit ${NODES - 1}: all know all after`,
      value: rounds,
      unit: 'rounds',
    }),
    ...LIMITS.map((limit, i) =>
      forInformation({
        claim: `requests of a node in a round, limit ${limit}`,
        value: costs[i] ?? NaN,
        unit: 'requests',
        ceiling: limit,
        ceilingName: 'one request to each node up to the limit',
        ratio: (costs[i] ?? NaN) / limit,
      }),
    ),
    staysUnder(1.15, {
      claim: 'requests of a round grow with the limit to the power of',
      value: exponent(LIMITS, costs),
      unit: '',
      ceiling: 1,
      ceilingName: 'linear',
    }),
  ]
}

/** A seed server and the nodes of one network, all in this process, every one of them past its first round. */
async function withNetwork<T>(limit: number, use: (network: Network) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const seed = await benchNode('dns', join(folder, 'seed'), PATIENT)
    const flags = ['--dns_port', String(seed.record.port), '--kn_limit', String(limit), ...PATIENT]
    const nodes: RunningNode[] = []
    for (let i = 0; i < NODES; i++) nodes.push(await benchNode('client', join(folder, `node${i}`), flags))
    const all = [seed, ...nodes]
    while (all.some(({ finder }) => finder.rounds === 0)) await delay(20)
    const result = await use({ seed, nodes })
    await Promise.all(all.map((node) => node.stop()))
    return result
  })
}

interface Network {
  readonly seed: RunningNode
  readonly nodes: readonly RunningNode[]
}

async function roundsToKnowAll(network: Network): Promise<number> {
  const { nodes } = network
  const keys = nodes.map(({ record }) => keyOf(record))
  const knowsAll = (node: RunningNode): boolean => {
    const known = new Set(node.finder.known.list().map(keyOf))
    return keys.every((key) => known.has(key) || key === keyOf(node.record))
  }
  while (!nodes.every(knowsAll)) {
    if (roundsDone(nodes) > 2 * ROUNDS_ALLOWED) return Infinity
    await roundOfAll(network)
  }
  return roundsDone(nodes)
}

function roundsDone(nodes: readonly RunningNode[]): number {
  return Math.max(...nodes.map(({ finder }) => finder.rounds))
}

async function roundOfAll({ seed, nodes }: Network): Promise<void> {
  await Promise.all([seed, ...nodes].map(({ finder }) => finder.round()))
}

/** Requests that one node causes in a round, once the lists have settled. Those of the seed server count too. */
async function requestsPerRound(network: Network): Promise<number> {
  for (let i = 0; i < SETTLING_ROUNDS; i++) await roundOfAll(network)
  let requests = 0
  const count = (message: unknown): void => {
    const { url } = (message as { request: IncomingMessage }).request
    if (PATHS.has(url ?? '')) requests++
  }
  subscribe('http.server.request.start', count)
  for (let i = 0; i < COUNTED_ROUNDS; i++) await roundOfAll(network)
  unsubscribe('http.server.request.start', count)
  return requests / COUNTED_ROUNDS / NODES
}

/** Slope of the line through the points on paper with two logarithmic scales: 1 is linear, 2 the square. */
function exponent(xs: readonly number[], ys: readonly number[]): number {
  const points = xs.map((x, i) => [Math.log(x), Math.log(ys[i] ?? NaN)] as const)
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}
