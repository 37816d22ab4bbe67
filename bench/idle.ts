import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PACKAGE_ROOT } from '../src/app/package-info.js'
import { DEFAULTS } from '../src/app/settings/defaults.js'
import { forInformation, type Row, staysUnder } from './row.js'
import { withFolder } from './support/with-folder.js'
import { startChild } from './support/child.js'
import { freePort } from './support/free-port.js'

const CLIENTS = 4
const LIMIT_PERCENT = 0.5
const SETTLING_MS = 6_000
/** One whole interval of the default setting, so that a round is always part of it. */
const WINDOW_MS = DEFAULTS.node.default_update_interval * 1000

/** CPU time of a client that nobody calls but its three peers, as a share of one core. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const bare = await startChild('bare-server', {})
    const networks = [
      await startNetwork(join(folder, 'default'), []),
      await startNetwork(join(folder, 'fast'), ['--upd_int', '1']),
    ]
    await delay(SETTLING_MS)
    const contenders = [...networks, bare]
    // Read twice: the first reading takes more time than the later ones.
    await cpuMsOf(contenders)
    const before = await cpuMsOf(contenders)
    await delay(WINDOW_MS)
    const after = await cpuMsOf(contenders)
    await Promise.all([...networks, bare].map((each) => each.stop()))
    const [usual = NaN, fast = NaN, ceiling = NaN] = after.map(
      (ms, i) => (100 * (ms - (before[i] ?? NaN))) / WINDOW_MS,
    )
    const against = { unit: '% of a core', ceiling, ceilingName: 'an idle Express server' }
    return [
      staysUnder(LIMIT_PERCENT, { claim: 'idle client, default settings', value: usual, ...against }),
      forInformation({ claim: 'idle client, --upd_int 1', value: fast, ...against }),
    ]
  })
}

interface Measured {
  cpuMs(): Promise<number>
  stop(): Promise<void>
}

/** A seed server and its clients, each a process; the CPU time is that of the first client. */
async function startNetwork(folder: string, flags: readonly string[]): Promise<Measured> {
  const seedPort = await freePort()
  const programs = [await started('dns', join(folder, 'dns'), ['--port', String(seedPort), ...flags])]
  for (let i = 0; i < CLIENTS; i++) {
    const own = ['--port', '0', '--dns_port', String(seedPort)]
    programs.push(await started('client', join(folder, `client${i}`), [...own, ...flags]))
  }
  const client = programs[1]
  return {
    cpuMs: async () => 1000 * (await cpuSeconds(client?.url ?? '')),
    async stop() {
      await Promise.all(programs.map((program) => program.stop()))
    },
  }
}

async function started(program: string, dir: string, flags: readonly string[]) {
  const path = join(PACKAGE_ROOT, 'dist', `${program}.js`)
  const child = fork(path, [...flags, '--dir', dir, '--log-level', 'warn'])
  const { ip_address: ip, port } = await readiness(child)
  return {
    url: `http://${ip}:${port}`,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function readiness(child: ChildProcess): Promise<{ ip_address: string; port: number }> {
  const [message] = (await once(child, 'message')) as [{ ready: { ip_address: string; port: number } }]
  return message.ready
}

async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1])
}

async function cpuMsOf(programs: readonly Measured[]): Promise<number[]> {
  const values: number[] = []
  for (const program of programs) values.push(await program.cpuMs())
  return values
}
