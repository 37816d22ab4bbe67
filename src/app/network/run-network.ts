import { setTimeout as delay } from 'node:timers/promises'
import { urlOf } from '../../nodes/record.js'
import { changes } from './changes.js'
import { matrix } from './matrix.js'
import { Network } from './network.js'
import type { NetworkSettings } from './network-settings.js'
import { isAcquainted, type NetworkView } from './network-view.js'
import { type NodeLines, nodeLines } from './node-lines.js'
import { type NetworkPlan, type NodePlan, planNetwork } from './plan.js'
import { createScreen, type Screen } from './screen.js'
import { StopRequest } from './stop-request.js'
import { summary } from './summary.js'
import { Watcher } from './watcher.js'

const LOOK_EVERY_MS = 200
const KILLED_STATUS = 130

/** A network being run, and where it is shown. */
interface Run {
  readonly settings: NetworkSettings
  readonly plans: readonly NodePlan[]
  readonly network: Network
  readonly screen: Screen
  readonly lines: NodeLines
}

/**
 * Runs a network until somebody stops it, and shows how its nodes meet. No process is left when it returns or throws.
 * @throws {Error} one line for people: a node did not start, or none is left
 */
export async function runNetwork(settings: NetworkSettings): Promise<void> {
  const run = prepare(settings, await planNetwork(settings), createScreen(process.env))
  const { network, screen } = run
  const over = new AbortController()
  const request = new StopRequest(() => {
    network.kill()
    process.exit(KILLED_STATUS)
  })
  const told = request.asked().then((reason) => {
    screen.keepPicture()
    screen.line(`stopping ${count(network.nodes.length, 'process', 'es')} (${reason})`)
  })
  try {
    await Promise.race([runAll(run, over.signal), told])
  } finally {
    over.abort()
    screen.keepPicture()
    const killed = await network.stop()
    if (killed.length > 0) screen.line(`killed ${killed.join(', ')}: no stop in time`)
    if (request.signal.aborted) screen.line('all stopped')
    request.close()
  }
}

function prepare(settings: NetworkSettings, plan: NetworkPlan, screen: Screen): Run {
  const plans = [plan.seed, ...plan.clients]
  const lines = nodeLines(
    plans.map(({ name }) => name),
    screen,
  )
  const { colors } = screen
  const network = new Network(settings, plan, {
    onLine: (name, text, from) => screen.line(lines(name, text), from),
    onReady: ({ name, record, pid }) => {
      if (!screen.isLive && record) screen.line(lines(name, `up at ${urlOf(record)} (process ${pid})`))
    },
    onLost: ({ name }, ending) => screen.line(lines(name, colors.red(`${ending}; the network goes on`))),
  })
  return { settings, plans, network, screen, lines }
}

/** Goes on until the last node has ended. */
async function runAll(run: Run, signal: AbortSignal): Promise<never> {
  const { settings, network, screen } = run
  const { colors } = screen
  const startMs = performance.now()
  screen.line(
    colors.bold(`a seed server and ${count(settings.nodes, 'node')} start in ${settings.directory}`),
  )
  const [, acquainted] = await Promise.all([network.start(), untilAcquainted(run, signal)])
  if (acquainted) {
    screen.keepPicture()
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
    const met = acquainted.filter(({ program, state }) => program === 'client' && state === 'up').length
    screen.line(
      colors.bold(colors.green(`network is up: ${count(met, 'node')} know each other (${seconds} s)`)),
    )
    screen.line(summary(network.nodes, colors))
    if (screen.isLive) screen.line(colors.dim('Ctrl-C stops all; what they know stays in their folders'))
  }
  await network.untilEnded()
  throw new Error('no node is left')
}

/** Shows who knows whom until all know all; undefined when no node is left. Rejects when the signal aborts. */
async function untilAcquainted(run: Run, signal: AbortSignal): Promise<NetworkView | undefined> {
  const { plans, network } = run
  const watcher = new Watcher(plans)
  let last: NetworkView | undefined
  try {
    for (;;) {
      const view = await watcher.look(network.nodes)
      signal.throwIfAborted()
      show(run, last, view)
      last = view
      if (isAcquainted(view)) return view
      if (view.every(({ state }) => state === 'ended')) return undefined
      await delay(LOOK_EVERY_MS, undefined, { signal })
    }
  } finally {
    watcher.close()
  }
}

function show({ screen, lines }: Run, last: NetworkView | undefined, view: NetworkView): void {
  if (screen.isLive) {
    screen.picture(matrix(view, { ...screen.size(), colors: screen.colors }))
    return
  }
  for (const { name, text } of changes(last, view)) screen.line(lines(name, text))
}

function count(amount: number, noun: string, ending = 's'): string {
  return `${amount} ${noun}${amount === 1 ? '' : ending}`
}
