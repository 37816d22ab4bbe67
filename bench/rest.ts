import { join } from 'node:path'
import { reaches, type Row } from './row.js'
import { withFolder } from './support/with-folder.js'
import { type Child, startChild } from './support/child.js'
import { Load } from './support/load.js'
import { inTurns } from './support/measure.js'

const PATHS = ['/blockchain/', '/nodes/']
const KNOWN = Array.from({ length: 10 }, (_, i) => ({ ip_address: '127.0.0.1', port: 50_000 + i }))
const ROUTES = Array.from({ length: 90 }, (_, i) => `/topic${i % 9}/operation${i}/`)

const PAIRS = 20
const TURN_MS = 250
const WARM_UP_MS = 1500

/** Requests per second of a node against Express as it comes, and of the last of many routes against the first. */
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
        unit: 'req/s',
        ceilingName: 'bare Express 5 route, same bytes',
        ...(await compare(node.url + path, bare.url + path)),
      }),
    )
  }
  await Promise.all([node.stop(), bare.stop()])
  return rows
}

async function lastRoute(): Promise<Row> {
  const server = await startChild('table-server', ROUTES)
  const [first, last] = [server.url + String(ROUTES[0]), server.url + String(ROUTES.at(-1))]
  const row = reaches(0.95, {
    claim: `GET the last of ${ROUTES.length} routes`,
    unit: 'req/s',
    ceilingName: 'the first of them',
    ...(await compare(last, first)),
  })
  await server.stop()
  return row
}

async function bodyOf({ url }: Child, path: string): Promise<unknown> {
  return (await fetch(url + path)).json()
}

async function compare(url: string, ceilingUrl: string): ReturnType<typeof inTurns> {
  const [ours, ceiling] = [await Load.open(url), await Load.open(ceilingUrl)]
  for (const load of [ours, ceiling]) await load.run(WARM_UP_MS)
  const result = await inTurns(
    PAIRS,
    () => ours.run(TURN_MS),
    () => ceiling.run(TURN_MS),
  )
  for (const load of [ours, ceiling]) load.close()
  return result
}
