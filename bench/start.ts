import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PACKAGE_ROOT } from '../src/app/package-info.js'
import { forInformation, type Row, staysUnder } from './row.js'
import { withFolder } from './support/with-folder.js'
import { freePort } from './support/free-port.js'
import { median } from './support/measure.js'

const LIMIT_MS = 700
const STARTS = 7
const POLL_MS = 3

/** From spawning a program to its first answer, against Node doing nothing and Node loading Express. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const times = { client: [], dns: [], express: [], nothing: [] } as Record<string, number[]>
    // The first turn fills the file cache and does not count.
    for (let i = 0; i <= STARTS; i++) {
      const turn = {
        client: await toFirstAnswer('client', join(folder, `client${i}`)),
        dns: await toFirstAnswer('dns', join(folder, `dns${i}`)),
        express: await toExit(['--input-type=module', '-e', 'import "express"']),
        nothing: await toExit(['-e', '0']),
      }
      if (i > 0) for (const [name, ms] of Object.entries(turn)) times[name]?.push(ms)
    }
    const typical = (name: string): number => median(times[name] ?? [])
    const against = (name: string, ceilingName: string, ceiling: number) => ({
      claim: `start of the ${name === 'dns' ? 'seed server' : name} to its first answer`,
      unit: 'ms',
      value: typical(name),
      ceiling,
      ceilingName,
      ratio: typical(name) / ceiling,
    })
    return [
      staysUnder(LIMIT_MS, against('client', 'Node loading Express', typical('express'))),
      staysUnder(LIMIT_MS, against('dns', 'Node loading Express', typical('express'))),
      forInformation(against('client', 'Node doing nothing', typical('nothing'))),
    ]
  })
}

async function toFirstAnswer(program: string, dir: string): Promise<number> {
  const port = await freePort()
  const start = performance.now()
  const child = spawn(process.execPath, [
    join(PACKAGE_ROOT, 'dist', `${program}.js`),
    ...['--port', String(port), '--dir', dir, '--log-level', 'fatal'],
  ])
  const ended = once(child, 'exit')
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`the ${program} did not start`)
    await delay(POLL_MS)
  }
  const took = performance.now() - start
  child.kill('SIGTERM')
  await ended
  return took
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200))
    })
    request.once('error', () => resolve(false))
  })
}

async function toExit(args: readonly string[]): Promise<number> {
  const start = performance.now()
  const child: ChildProcess = spawn(process.execPath, args, { cwd: PACKAGE_ROOT })
  await once(child, 'exit')
  return performance.now() - start
}
