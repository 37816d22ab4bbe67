import type { Call } from '../src/contract/call.js'
import { reaches, type Row } from './row.js'
import { BareResponder } from './support/bare-responder.js'
import {
  callRate,
  type Contender,
  COUNTER,
  counterCalls,
  type RunCall,
  startSimulator,
} from './support/counter-calls.js'
import { inTurns } from './support/measure.js'
import { startCounter } from './support/shim-process.js'

const LEVELS = [8, 64]
const TURNS = 10
const TURN_MS = 700
const WARM_UP_MS = 2_000

/** Calls that read one key and write it, in the npm shim's own process: through the node, and through the least that answers. */
export async function run(): Promise<Row[]> {
  const calls = await counterCalls()
  const [node, bare] = await Promise.all([startSimulator(), startBare()])
  try {
    for (const { run } of [node, bare]) await callRate(run, calls, 64, WARM_UP_MS)
    const rows: Row[] = []
    for (const level of LEVELS) rows.push(await compare(node.run, bare.run, calls, level))
    return rows
  } finally {
    await Promise.all([node.close(), bare.close()])
  }
}

async function compare(node: RunCall, bare: RunCall, calls: readonly Call[], level: number): Promise<Row> {
  const comparison = await inTurns(
    TURNS,
    () => callRate(node, calls, level, TURN_MS),
    () => callRate(bare, calls, level, TURN_MS),
  )
  return reaches(0.8, {
    claim: `contracts: calls of the npm shim that read and write a key, ${level} in flight`,
    unit: 'calls/s',
    ceilingName: 'bare responder with a Map',
    ...comparison,
  })
}

async function startBare(): Promise<Contender> {
  const responder = new BareResponder()
  const stop = startCounter(COUNTER.id, await responder.listen())
  return {
    run: (call) => responder.run(call),
    async close() {
      await stop()
      responder.close()
    },
  }
}
