/** Builds at every change and starts the client anew with the arguments given. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))

let client: ChildProcess | undefined
let turn: Promise<void> = Promise.resolve()

const compiler = spawn(process.execPath, [TSC, '--watch', '--preserveWatchOutput'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
createInterface({ input: compiler.stdout }).on('line', (line) => {
  console.error(line)
  if (line.includes('Found 0 errors')) turn = turn.then(restart)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))

async function restart(): Promise<void> {
  await endClient('SIGTERM')
  client = spawn(process.execPath, [MAIN, '--verbose', ...process.argv.slice(2)], { stdio: 'inherit' })
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  compiler.kill()
  await endClient(signal)
  process.exit(0)
}

async function endClient(signal: NodeJS.Signals): Promise<void> {
  if (client === undefined || client.exitCode !== null || client.signalCode !== null) return
  client.kill(signal)
  await once(client, 'exit')
}
