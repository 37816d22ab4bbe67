import { setTimeout as delay } from 'node:timers/promises'
import { type Row, staysUnder } from './row.js'
import { type Child, startChild } from './support/child.js'

const STREAMS = 200
const LIMIT_PERCENT = 5
const SETTLING_MS = 3000
/** Heartbeats of four rounds, pings of two. */
const WINDOW_MS = 20_000

/** CPU time of a node's port with clients of remote contracts that have nothing to do, as a share of one core. */
export async function run(): Promise<Row[]> {
  const server = await startChild('remote-idle-server', {})
  const clients = await startChild('remote-idle-source', {
    port: server.url,
    streams: STREAMS,
    streamsPerContract: 10,
  })
  const bare = await startChild('bare-server', {})
  try {
    await delay(SETTLING_MS)
    const [value = NaN, ceiling = NaN] = await shares([server, bare])
    return [
      staysUnder(LIMIT_PERCENT, {
        claim: `remote contracts: ${STREAMS} idle streams`,
        unit: '% of a core',
        value,
        ceiling,
        ceilingName: 'an idle Express server',
      }),
    ]
  } finally {
    await clients.stop()
    await Promise.all([server.stop(), bare.stop()])
  }
}

async function shares(children: readonly Child[]): Promise<number[]> {
  // Read twice: the first reading takes more time than the later ones.
  await Promise.all(children.map((each) => each.cpuMs()))
  const before = await Promise.all(children.map((each) => each.cpuMs()))
  await delay(WINDOW_MS)
  const after = await Promise.all(children.map((each) => each.cpuMs()))
  return after.map((ms, i) => (100 * (ms - (before[i] ?? NaN))) / WINDOW_MS)
}
