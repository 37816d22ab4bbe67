import type { ContextOf } from '../api/method.js'
import type { SeedApi } from '../api/node-api.js'
import { ipRange } from '../base/ip.js'
import type { Sleep } from '../nodes/discovery-loop.js'
import { type Profile, profileFor } from '../nodes/profile.js'
import { keyOf, type NodeRecord, urlOf } from '../nodes/record.js'
import { homePage } from '../rest/pages/home-page.js'
import { restApp } from '../rest/rest-app.js'
import { LatestWrite } from '../store/latest-write.js'
import { chainActivities } from './chain-activities.js'
import { chainFacts } from './chain-facts.js'
import { type ClientChain, openClientChain } from './client-chain.js'
import { nodeFiles } from './files.js'
import type { Logger } from './log.js'
import { Metrics } from './metrics.js'
import { NodeEvents } from './node-events.js'
import { NodeFinder } from './node-finder.js'
import { nodeHealth } from './node-health.js'
import { openInfo } from './open-info.js'
import { type Operations, operations } from './operations.js'
import { ownAddress } from './own-address.js'
import { VERSION } from './package-info.js'
import { type Place, takePlace } from './place.js'
import { DEFAULTS } from './settings/defaults.js'
import { profileRules } from './settings/derived.js'
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
  /** Stops answering, writes what is unwritten and lets the folder go. */
  stop(): Promise<void>
}

/**
 * Starts a seed server or a client. The only place that knows every part.
 * @throws {Error} one line for people: a port or a folder that is not to be had
 */
export async function startNode(settings: NodeSettings, surroundings: Surroundings): Promise<RunningNode> {
  const place = await takePlace(settings, surroundings.random)
  try {
    return await furnish(place, settings, surroundings)
  } catch (error) {
    await place.door.close()
    await place.folder.close()
    throw error
  }
}

async function furnish(
  place: Place,
  settings: NodeSettings,
  surroundings: Surroundings,
): Promise<RunningNode> {
  const { door, folder } = place
  const { log, now, random, sleep = timerSleep } = surroundings
  const own = ownAddress(settings.ip, door.port, settings.advertise)
  const profile = settings.profile ?? profileFor(own.record.ip_address)
  const rules = profileRules(profile, settings)
  const files = nodeFiles(folder.path, settings, (event) =>
    log.warn(event, 'set a file aside that is torn or foreign'),
  )
  const events = new NodeEvents()
  let chain: ClientChain | undefined
  const { info, save: saveInfo } = await openInfo({
    files,
    place,
    settings,
    derived: () => chain?.derived(),
    onNewChain: (founded) => {
      chain?.refound(founded)
      finder.known.forgiveAll()
    },
    onChange: () => events.emit('blockchain.changed', {}),
    alone: (change) => (chain ? chain.blockchain.alone(change) : change()),
  })
  if (settings.role === 'client') {
    chain = await openClientChain({
      folder: folder.path,
      settings,
      consensus: info.settings(),
      events,
      now,
      log,
    })
  }
  await saveInfo()
  const nodesWrite: LatestWrite = new LatestWrite(() => files.nodes.write(finder.known.list()))
  const finder: NodeFinder = new NodeFinder({
    settings,
    rules,
    own,
    chain: info,
    log,
    random,
    now,
    sleep,
    save: () => {
      events.emit('nodes.changed', {})
      return nodesWrite.save()
    },
    onRound: (report) => {
      metrics.roundDone(report)
      if (finder.rounds === 1) chainWork?.onFirstRound()
      log.debug({ ...report, known: finder.known.list().length }, 'looked for nodes')
    },
  })
  const metrics = new Metrics(() => finder.known.list().length)
  finder.known.restore((await files.nodes.read()) ?? [])
  await nodesWrite.save()

  const startedMs = now()
  const context: ContextOf<SeedApi> = {
    nodes: finder.port(),
    blockchain: info,
    health: () => nodeHealth({ settings, profile, info, finder, chain, uptimeMs: now() - startedMs }),
  }
  const chainWork =
    chain &&
    (await chainActivities({
      chain,
      finder,
      self: own.record,
      profile,
      settings,
      chainId: () => info.chainId(),
      now,
      random,
      sleep,
      log,
    }))
  const offered = await operations(context, chain, chainWork, profile, now)
  door.open(
    restApp({
      ...offered,
      access: {
        isLoopbackBind: ipRange(settings.ip) === 'loopback',
        adminToken: settings.adminToken,
        allowedHosts: settings.allowHosts,
      },
      version: VERSION,
      maxBodyBytes: DEFAULTS.node.default_max_body_bytes,
      requestsPerSecond: rules.requestsPerSecond,
      chainId: () => info.chainId(),
      homePage: () =>
        homePage({
          self: own.record,
          health: context.health(),
          info: info.get(),
          nodes: finder.known.list(),
          chain: chain && chainWork && chainFacts(chain, chainWork, now()),
          keyOf,
        }),
      metrics: () => metrics.text(),
      onAnswer: (verb, path, status, seconds) => metrics.answered(verb, path, status, seconds),
      onInternalError: (error) => log.error({ err: error }, 'a request failed'),
    }),
  )
  const activities: readonly Activity[] = chainWork ? [finder, chainWork] : [finder]
  for (const activity of activities) activity.start()
  return {
    record: own.record,
    url: urlOf(own.record),
    profile,
    dir: folder.path,
    finder,
    context,
    operations: offered,
    events,
    chain,
    async stop() {
      for (const activity of [...activities].reverse()) await activity.stop()
      await door.close()
      await saveInfo()
      await nodesWrite.save()
      await chain?.close()
      await folder.close()
    },
  }
}
