import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Sleep } from '../../src/time/sleep.js'
import { type NodeRecord, urlOf } from '../../src/nodes/record.js'
import { type RunningNode, startNode, type Surroundings } from '../../src/app/node.js'
import { nodeSettings } from '../../src/app/settings/node-settings.js'
import { CLIENT, DNS_SERVER } from '../../src/app/settings/programs.js'
import { afterThisTest, temporaryFolder } from './cleanup.js'

/** Sleeps until the node stops: rounds happen only when a test asks for them. */
const sleepForEver: Sleep = async (_, signal) => {
  if (!signal.aborted) await once(signal, 'abort')
}

/** Numbers in [0, 1) that are the same in every run. */
export function fixedRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export interface TestNode extends RunningNode {
  /** Where the node listens, whatever it advertises. */
  readonly localUrl: string
}

async function start(
  program: typeof CLIENT,
  args: readonly string[],
  surroundings: Partial<Surroundings>,
): Promise<TestNode> {
  const given = [...args]
  if (!given.includes('--dir')) given.push('--dir', join(await temporaryFolder(), 'node'))
  if (!given.includes('--port')) given.push('--port', '0')
  // Contracts are opened by the tests that want them: loading what they need takes longer than most tests.
  if (program === CLIENT && !given.includes('--contract-port')) given.push('--contract-port', '0')
  if (!given.includes('--request-timeout')) given.push('--request-timeout', '2')
  const settings = await nodeSettings(program, given, {})
  const node = await startNode(settings, {
    log: pino({ level: 'silent' }),
    now: Date.now,
    random: fixedRandom(),
    sleep: sleepForEver,
    ...surroundings,
  })
  const state = JSON.parse(await readFile(join(node.dir, 'node_state.json'), 'utf8')) as NodeRecord
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= node.stop())
  afterThisTest(stop)
  return { ...node, localUrl: urlOf(state), stop }
}

/** A seed server on a free port in a folder of its own, whose rounds the test drives; stopped after the test. */
export function startDns(
  args: readonly string[] = [],
  surroundings: Partial<Surroundings> = {},
): Promise<TestNode> {
  return start(DNS_SERVER, args, surroundings)
}

/** A client, like {@link startDns}; it asks `dns`, or a port where nobody answers. */
export function startClient(
  dns: Pick<RunningNode, 'record'> | undefined,
  args: readonly string[] = [],
  surroundings: Partial<Surroundings> = {},
): Promise<TestNode> {
  const seed = dns?.record ?? { ip_address: '127.0.0.1', port: 1 }
  return start(CLIENT, ['--dns_ip', seed.ip_address, '--dns_port', String(seed.port), ...args], surroundings)
}
