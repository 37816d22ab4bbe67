import { setTimeout as delay } from 'node:timers/promises'
import { urlOf } from '../../nodes/record.js'
import { changes } from './changes.js'
import { foundChain } from './found-chain.js'
import { matrix } from './matrix.js'
import { Miners } from './miners.js'
import { Network } from './network.js'
import type { NetworkSettings } from './network-settings.js'
import { agreedTip, isAcquainted, livingClients, type NetworkView, shortHash } from './network-view.js'
import { NodeClients, type Reachable } from './node-clients.js'
import { type NodeLines, nodeLines } from './node-lines.js'
import { type NetworkPlan, type NodePlan, planNetwork } from './plan.js'
import { createScreen, type Screen } from './screen.js'
import { StopRequest } from './stop-request.js'
import { summary } from './summary.js'
import { Watcher } from './watcher.js'

/** Each look makes a few calls to each node: the more nodes, the fewer looks. */
const LOOK_EVERY_MS = 200
const LOOK_MS_PER_NODE = 25

/** The first blocks are mined within one call, and a busy machine takes its time. */
const CALL_TIMEOUT_MS = 60_000
const KILLED_STATUS = 130

/** A network being run, and where it is shown. */
interface Run {
  readonly settings: NetworkSettings
  readonly plans: readonly NodePlan[]
  readonly network: Network
  readonly screen: Screen
  readonly lines: NodeLines
  readonly calls: NodeClients
  readonly startMs: number
  /** Undefined until the chain is founded. */
  miners: Miners | undefined
  isUp: boolean
  /** Hash of the last tip that was told of. */
  toldTip: string | undefined
}

/**
 * Runs a network until somebody stops it, and shows how its nodes meet and agree. No process is left when it returns or
 * throws.
 * @throws {Error} one line for people: a node did not start, or none is left
 */
export async function runNetwork(settings: NetworkSettings): Promise<void> {
  const run = prepare(settings, await planNetwork(settings), createScreen(process.env))
  const { network, screen, calls } = run
  const over = new AbortController()
  const request = new StopRequest(() => {
    network.kill()
    process.exit(KILLED_STATUS)
  })
  const told = request.asked().then((reason) => {
    over.abort()
    screen.keepPicture()
    screen.line(`stopping ${count(network.nodes.length, 'process', 'es')} (${reason})`)
  })
  try {
    await Promise.race([Promise.all([serve(run), watch(run, over.signal)]), told])
  } finally {
    over.abort()
    screen.keepPicture()
    calls.close()
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
  const { adminToken } = network
  const calls = new NodeClients({
    timeoutMs: CALL_TIMEOUT_MS,
    ...(adminToken === undefined ? {} : { adminToken }),
  })
  const startMs = performance.now()
  const state = { miners: undefined, isUp: false, toldTip: undefined }
  return { settings, plans, network, screen, lines, calls, startMs, ...state }
}

/** Starts all and lets them mine; goes on until the last node has ended. */
async function serve(run: Run): Promise<never> {
  const { settings, network, screen } = run
  screen.line(
    screen.colors.bold(`a seed server and ${count(settings.nodes, 'node')} start in ${settings.directory}`),
  )
  await network.start()
  await found(run)
  await network.untilEnded()
  throw new Error('no node is left')
}

/** Settles what the chain is; from then on nodes are told to mine. */
async function found(run: Run): Promise<void> {
  const { settings, network, screen, lines, calls } = run
  const { colors } = screen
  const reachable = network.nodes.flatMap(({ name, record }) => (record ? [{ name, record }] : []))
  const [seed, ...clients] = reachable
  if (!seed) return
  const { info, chainId, isNew } = await foundChain(seed, clients, settings, calls)
  const nodeOf = (name: string): Reachable => reachable.find((node) => node.name === name) ?? seed
  screen.line(
    `${isNew ? 'a new chain' : 'the chain goes on'}: ${info.name}, a block every ${info.block_time} s for ${count(info.block_reward, 'coin')}`,
  )
  run.miners = new Miners({
    wanted: settings.miners,
    mode: settings.mine,
    chainId,
    orders: {
      mineNow: (name, blocks) => calls.of(nodeOf(name)).call('mining.now', { count: blocks }),
      setMode: (name, mode) => calls.of(nodeOf(name)).call('mining.put', { mode }),
    },
    onFault: (name, reason) => screen.line(lines(name, colors.red(`does not mine: ${reason}`))),
  })
}

/** Looks at the nodes again and again; returns when none is left or the signal aborts. */
async function watch(run: Run, signal: AbortSignal): Promise<void> {
  const { plans, network } = run
  const watcher = new Watcher(plans)
  const pauseMs = Math.max(LOOK_EVERY_MS, plans.length * LOOK_MS_PER_NODE)
  let last: NetworkView | undefined
  try {
    for (;;) {
      const view = await watcher.look(network.nodes)
      if (signal.aborted || view.every(({ state }) => state === 'ended')) return
      run.miners?.tend(view)
      show(run, last, view)
      last = view
      await delay(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    watcher.close()
  }
}

function show(run: Run, last: NetworkView | undefined, view: NetworkView): void {
  const { screen, lines } = run
  if (screen.isLive) screen.picture(matrix(view, { ...screen.size(), colors: screen.colors }))
  else for (const { name, text } of changes(last, view)) screen.line(lines(name, text))
  if (!run.isUp && isAcquainted(view)) {
    run.isUp = true
    tellUp(run, view)
  }
  if (run.isUp) tellAgreement(run, view)
}

function tellUp({ screen, network, startMs }: Run, view: NetworkView): void {
  const { colors } = screen
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
  const nodes = count(livingClients(view).length, 'node')
  screen.line(colors.bold(colors.green(`network is up: ${nodes} know each other (${seconds} s)`)))
  screen.line(summary(network.nodes, colors))
  if (screen.isLive) screen.line(colors.dim('Ctrl-C stops all; what they know stays in their folders'))
}

/** A line for each tip all agree on; on a terminal, where the picture shows the later ones, for the first. */
function tellAgreement(run: Run, view: NetworkView): void {
  const { screen, toldTip } = run
  const tip = agreedTip(view)
  if (!tip || tip.hash === toldTip || (screen.isLive && toldTip !== undefined)) return
  run.toldTip = tip.hash
  const nodes = count(livingClients(view).length, 'node')
  screen.line(`${nodes} agree on the chain: height ${tip.height}, tip ${shortHash(tip.hash)}`)
}

function count(amount: number, noun: string, ending = 's'): string {
  return `${amount} ${noun}${amount === 1 ? '' : ending}`
}
