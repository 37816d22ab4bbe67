import { join } from 'node:path'
import { type Comparison, reaches, type Row } from './row.js'
import { withFolder } from './support/with-folder.js'
import { type Child, startChild } from './support/child.js'
import { Load } from './support/load.js'
import { inTurns } from './support/measure.js'

const PATHS = ['/blockchain/', '/nodes/']
const KNOWN = Array.from({ length: 10 }, (_, i) => ({ ip_address: '127.0.0.1', port: 50_000 + i }))
const ROUTES = Array.from({ length: 300 }, (_, i) => `/topic${i % 9}/operation${i}/`)

const PAIRS = 30
const TURN_MS = 250
const WARM_UP_MS = 1500

/** Requests per second of a core: a node against Express as it comes, and of the last of many routes against the first. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => [...(await againstExpress(folder)), await lastRoute()])
}

async function againstExpress(folder: string): Promise<Row[]> {
  const node = await startChild('node-server', { dir: join(folder, 'node'), known: KNOWN })
  const bodies = await Promise.all(PATHS.map(async (path) => [path, await bodyOf(node, path)] as const))
  const bare = await startChild('bare-server', Object.fromEntries(bodies))
  const rows: Row[] = []
  for (const [path, body] of bodies) {
    const bareBody = await bodyOf(bare, path)
    if (JSON.stringify(bareBody) !== JSON.stringify(body)) throw new Error(`two answers for ${path}`)
    rows.push(
      reaches(0.85, {
        claim: `GET ${path}${path === '/nodes/' ? ` with ${KNOWN.length} nodes` : ''}`,
        unit: 'req/s a core',
        ceilingName: 'bare Express 5 route, same bytes',
        ...(await compare(await contender(node, path), await contender(bare, path))),
      }),
    )
  }
  await Promise.all([node.stop(), bare.stop()])
  return rows
}

async function lastRoute(): Promise<Row> {
  const server = await startChild('table-server', ROUTES)
  const [first, last] = [
    await contender(server, ROUTES[0] ?? ''),
    await contender(server, ROUTES.at(-1) ?? ''),
  ]
  const row = reaches(0.9, {
    claim: `GET the last of ${ROUTES.length} routes`,
    unit: 'req/s a core',
    ceilingName: 'the first of them',
    ...(await compare(last, first)),
  })
  await server.stop()
  return row
}

async function bodyOf({ url }: Child, path: string): Promise<unknown> {
  return (await fetch(url + path)).json()
}

async function compare(ours: Contender, ceiling: Contender): Promise<Comparison> {
  for (const warmUp of [ours, ceiling]) await warmUp.rate(WARM_UP_MS)
  const result = await inTurns(
    PAIRS,
    () => ours.rate(TURN_MS),
    () => ceiling.rate(TURN_MS),
  )
  for (const each of [ours, ceiling]) each.close()
  return result
}

interface Contender {
  /** Requests per second of CPU time of the server: the most it can answer on a core of its own. */
  rate(ms: number): Promise<number>
  close(): void
}

async function contender(server: Child, path: string): Promise<Contender> {
  const load = await Load.open(server.url + path)
  return {
    async rate(ms) {
      const before = await server.cpuMs()
      const answers = await load.run(ms)
      return (1000 * answers) / ((await server.cpuMs()) - before)
    },
    close: () => load.close(),
  }
}
