import type { ContextOf } from '../api/method.js'
import type { SeedApi } from '../api/node-api.js'
import { ipRange } from '../base/ip.js'
import type { Profile } from '../nodes/profile.js'
import { keyOf, type NodeRecord, urlOf } from '../nodes/record.js'
import { homePage, type HomePageFacts } from '../rest/pages/home-page.js'
import { restApp, type RestOptions } from '../rest/rest-app.js'
import { LatestWrite } from '../store/latest-write.js'
import type { Sleep } from '../time/sleep.js'
import { BusRelay } from './bus-relay.js'
import { type ChainActivities, chainActivities } from './chain-activities.js'
import { chainFacts } from './chain-facts.js'
import type { ClientChain } from './client-chain.js'
import { nodeFiles } from './files.js'
import { nodeContracts } from './contracts/node-contracts.js'
import type { Logger } from './log.js'
import { Metrics } from './metrics.js'
import { NodeEvents } from './node-events.js'
import { NodeFinder } from './node-finder.js'
import { nodeHealth } from './node-health.js'
import { type Operations, operations } from './operations.js'
import { openBus } from './open-bus.js'
import { openState, type OpenState } from './open-state.js'
import { type OwnAddress, ownAddress } from './own-address.js'
import { VERSION } from './package-info.js'
import { type Place, takePlace } from './place.js'
import { checkRewardAddress, profileOf } from './reward-address.js'
import { checkContractsDoor } from './contracts/check-door.js'
import { DEFAULTS } from './settings/defaults.js'
import { profileRules } from './settings/derived.js'
import { syncSettings } from './settings/sync-settings.js'
import type { NodeSettings } from './settings/node-settings.js'
import { timerSleep } from './timer-sleep.js'

/** What a node takes from its surroundings. */
export interface Surroundings {
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A number in [0, 1). */
  readonly random: () => number
  /** Paces discovery; absent: by the clock of the machine. */
  readonly sleep?: Sleep
}

/** What a node does of its own accord, while its doors are open: finding nodes, and with a chain syncing and mining. */
interface Activity {
  start(): void
  stop(): Promise<void>
}

/** A node that answers. */
export interface RunningNode {
  readonly record: NodeRecord
  readonly url: string
  readonly profile: Profile
  /** Data folder, absolute. */
  readonly dir: string
  readonly finder: NodeFinder
  readonly context: ContextOf<SeedApi>
  /** What every door serves. */
  readonly operations: Operations
  readonly events: NodeEvents
  /** Undefined for a seed server. */
  readonly chain: ClientChain | undefined
  /** Undefined for a seed server. */
  readonly relay: BusRelay | undefined
  /** Stops answering, writes what is unwritten and lets the folder go. */
  stop(): Promise<void>
}

/**
 * Starts a seed server or a client. The only place that knows every part.
 * @throws {Error} one line for people: a port or a folder that is not to be had. @throws {SettingsError}
 */
export async function startNode(settings: NodeSettings, surroundings: Surroundings): Promise<RunningNode> {
  checkRewardAddress(settings)
  await checkContractsDoor(settings)
  const place = await takePlace(settings, surroundings.random)
  try {
    return await furnish(place, settings, surroundings)
  } catch (error) {
    await place.door.close()
    await place.folder.close()
    throw error
  }
}

/** What a node is made of before its doors open. */
interface Parts {
  readonly settings: NodeSettings
  readonly surroundings: Surroundings
  readonly own: OwnAddress
  readonly profile: Profile
  readonly events: NodeEvents
  readonly state: OpenState
  readonly metrics: Metrics
  /** Writes the known nodes as they are now. */
  readonly saveNodes: () => Promise<void>
}

async function furnish(
  place: Place,
  settings: NodeSettings,
  surroundings: Surroundings,
): Promise<RunningNode> {
  const { log } = surroundings
  const own = ownAddress(settings.ip, place.door.port, settings.advertise)
  const profile = profileOf(settings)
  const files = nodeFiles(place.folder.path, settings, (event) =>
    log.warn(event, 'set a file aside that is torn or foreign'),
  )
  const events = new NodeEvents()
  const onNewChain = (): void => finder.known.forgiveAll()
  const state = await openState({ place, files, settings, surroundings, events, onNewChain })
  const metrics = new Metrics(() => finder.known.list().length)
  const nodesWrite: LatestWrite = new LatestWrite(() => files.nodes.write(finder.known.list()))
  const saveNodes = (): Promise<void> => nodesWrite.save()
  const parts: Parts = { settings, surroundings, own, profile, events, state, metrics, saveNodes }
  const finder: NodeFinder = finderOf(parts)
  try {
    finder.known.restore((await files.nodes.read()) ?? [])
    await saveNodes()
    return await open(place, parts, finder)
  } catch (error) {
    await state.chain?.close()
    throw error
  }
}

async function open(place: Place, parts: Parts, finder: NodeFinder): Promise<RunningNode> {
  const { settings, own, profile, events, surroundings } = parts
  const { info, chain, saveInfo } = parts.state
  const { now } = surroundings
  const startedMs = now()
  const context: ContextOf<SeedApi> = {
    nodes: finder.port(),
    blockchain: info,
    health: () => nodeHealth({ settings, profile, info, finder, chain, uptimeMs: now() - startedMs }),
  }
  const { log, random, sleep = timerSleep } = surroundings
  const relay = chain && busRelay(parts, finder)
  const chainWork =
    chain &&
    relay &&
    (await chainActivities({
      chain,
      finder,
      self: own.record,
      channels: relay,
      profile,
      settings,
      chainId: () => info.chainId(),
      now,
      random,
      sleep,
      log,
    }))
  const contracts = chain && nodeContracts({ ...parts, place, chain })
  const offered = await operations(context, chain, chainWork, contracts?.ports, profile, now)
  const facts = () => chain && chainWork && chainFacts(chain, chainWork, now())
  const rest = restOptions(parts, context, finder, facts, () => contracts?.answered())
  const bus = await openBus({
    server: place.door.server,
    operations: offered,
    events,
    self: own.record,
    folder: place.folder.path,
    tip: chain?.blockchain.tip()?.hash,
    methods: relay ? [relay.method] : [],
    access: rest.access,
    log,
    startedMs,
  })
  place.door.open(restApp({ ...offered, ...rest }))
  const activities: Activity[] = chainWork ? [finder, chainWork] : [finder]
  if (relay && chainWork) activities.push(relayActivity(relay, offered, chainWork))
  if (contracts) activities.push(contracts)
  for (const activity of activities) activity.start()
  return {
    record: own.record,
    url: urlOf(own.record),
    profile,
    dir: place.folder.path,
    finder,
    context,
    operations: offered,
    events,
    chain,
    relay,
    async stop() {
      for (const activity of [...activities].reverse()) await activity.stop()
      await bus.close()
      await place.door.close()
      await saveInfo()
      await parts.saveNodes()
      await chain?.close()
      await place.folder.close()
    },
  }
}

function busRelay({ own, events, state, surroundings }: Parts, finder: NodeFinder): BusRelay {
  const { relayPeers: maxPeers, callMs } = syncSettings()
  return new BusRelay({
    self: own.record,
    known: () => finder.known.list(),
    events,
    chainId: () => state.info.chainId(),
    maxPeers,
    callMs,
    log: surroundings.log,
  })
}

function relayActivity(relay: BusRelay, { dispatch }: Operations, { sync }: ChainActivities): Activity {
  return {
    start: () =>
      relay.start({
        dispatch,
        heard: (key, status) => sync.chain.heard(key, status),
        onMisbehaviour: (key, reason) => sync.chain.misbehaved(key, reason),
      }),
    stop: () => relay.stop(),
  }
}

function finderOf({
  settings,
  surroundings,
  own,
  profile,
  events,
  state,
  metrics,
  saveNodes,
}: Parts): NodeFinder {
  const { log, now, random, sleep = timerSleep } = surroundings
  const finder: NodeFinder = new NodeFinder({
    settings,
    rules: profileRules(profile, settings),
    own,
    chain: state.info,
    log,
    random,
    now,
    sleep,
    save: () => {
      events.emit('nodes.changed', {})
      return saveNodes()
    },
    onRound: (report) => {
      metrics.roundDone(report)
      log.debug({ ...report, known: finder.known.list().length }, 'looked for nodes')
    },
  })
  return finder
}

function restOptions(
  { settings, surroundings, own, profile, state, metrics }: Parts,
  context: ContextOf<SeedApi>,
  finder: NodeFinder,
  facts: () => HomePageFacts['chain'],
  onAnswered: () => void,
): Omit<RestOptions, keyof Operations> {
  return {
    access: {
      isLoopbackBind: ipRange(settings.ip) === 'loopback',
      adminToken: settings.adminToken,
      allowedHosts: settings.allowHosts,
    },
    version: VERSION,
    maxBodyBytes: DEFAULTS.node.default_max_body_bytes,
    requestsPerSecond: profileRules(profile, settings).requestsPerSecond,
    chainId: () => state.info.chainId(),
    homePage: () =>
      homePage({
        self: own.record,
        health: context.health(),
        info: state.info.get(),
        nodes: finder.known.list(),
        chain: facts(),
        keyOf,
      }),
    metrics: () => metrics.text(),
    onAnswer: (verb, path, status, seconds) => {
      metrics.answered(verb, path, status, seconds)
      onAnswered()
    },
    onInternalError: (error) => surroundings.log.error({ err: error }, 'a request failed'),
  }
}
