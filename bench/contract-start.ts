import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { nodeApi } from '../src/api/node-api.js'
import { PACKAGE_ROOT } from '../src/app/package-info.js'
import { restClient } from '../src/rest/client.js'
import { type Row, staysUnder } from './row.js'
import { COUNTER } from './support/counter-calls.js'
import { firstCall, untilAnswered } from './support/first-call.js'
import { freePort } from './support/free-port.js'
import { median } from './support/measure.js'
import { startCounter } from './support/shim-process.js'
import { withFolder } from './support/with-folder.js'

const LIMIT_MS = 2_000
const STARTS = 5
const TIMEOUT_MS = 30_000

/** When something was reached, in ms since the node's process was started. */
interface Times {
  readonly door: number
  readonly answer: number
}

/**
 * From starting a node on an empty folder to the first answer of a contract. Counted are the node's start, the start of the
 * contract's process on the npm shim once the node's port for contracts is open, its registration, its deployment in a
 * block, and the call.
 */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const times: Times[] = []
    // The first turn fills the file cache and does not count.
    for (let turn = 0; turn <= STARTS; turn++) {
      const found = await toFirstCall(join(folder, `node${turn}`))
      if (turn > 0) times.push(found)
    }
    const door = median(times.map((each) => each.door))
    const answer = median(times.map((each) => each.answer))
    return [
      staysUnder(LIMIT_MS, {
        claim: 'contracts: from the start of a node on an empty folder to the first answer of a contract',
        unit: 'ms',
        value: answer,
        ceiling: door,
        ceilingName: 'to the open port for contracts',
        ratio: answer / door,
      }),
    ]
  })
}

async function toFirstCall(dir: string): Promise<Times> {
  const [port, contractPort] = [await freePort(), await freePort()]
  const startMs = performance.now()
  const node = spawn(process.execPath, [
    join(PACKAGE_ROOT, 'dist', 'client.js'),
    ...['--port', String(port), '--contract-port', String(contractPort), '--dir', dir],
    // As `terrarium contract dev` starts its node.
    ...['--mine', 'auto', '--gather-time', '0.05', '--log-level', 'fatal'],
  ])
  const ended = once(node, 'exit')
  const client = restClient(nodeApi, `http://127.0.0.1:${port}`, { timeoutMs: TIMEOUT_MS })
  let stopCounter = (): Promise<void> => Promise.resolve()
  try {
    await untilAnswered(() => client.call('contracts.list', {}))
    const door = performance.now() - startMs
    stopCounter = startCounter(COUNTER.id, contractPort)
    await firstCall(client)
    return { door, answer: performance.now() - startMs }
  } finally {
    await stopCounter()
    client.close()
    node.kill('SIGTERM')
    await ended
  }
}
