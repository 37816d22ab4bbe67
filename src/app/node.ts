import { join } from 'node:path'
import { dispatcher } from '../api/dispatch.js'
import type { ContextOf } from '../api/method.js'
import type { Health } from '../api/methods/health.js'
import { type NodeApi, nodeApi } from '../api/node-api.js'
import { ipRange } from '../base/ip.js'
import type { Json } from '../base/json.js'
import { BlockchainInfoKeeper } from '../chain/blockchain-info.js'
import type { Sleep } from '../nodes/discovery-loop.js'
import { type Profile, profileFor } from '../nodes/profile.js'
import { keyOf, type NodeRecord, urlOf } from '../nodes/record.js'
import { homePage } from '../rest/pages/home-page.js'
import { restApp } from '../rest/rest-app.js'
import { BlockFiles } from '../store/block-files.js'
import { LatestWrite } from '../store/latest-write.js'
import { type NodeFiles, nodeFiles } from './files.js'
import type { Logger } from './log.js'
import { Metrics } from './metrics.js'
import { NodeFinder } from './node-finder.js'
import { ownAddress } from './own-address.js'
import { VERSION } from './package-info.js'
import { type Place, takePlace } from './place.js'
import { DEFAULTS } from './settings/defaults.js'
import { fixedSettings, profileRules } from './settings/derived.js'
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

/** A node that answers. */
export interface RunningNode {
  readonly record: NodeRecord
  readonly url: string
  readonly profile: Profile
  /** Data folder, absolute. */
  readonly dir: string
  readonly finder: NodeFinder
  readonly context: ContextOf<NodeApi>
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
  const blocks = settings.role === 'client' ? await openBlocks(folder.path, settings, log) : undefined
  const info = await openInfo(files, place, settings, (await blocks?.tip()) ?? -1, () =>
    finder.known.forgiveAll(),
  )
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
    save: () => nodesWrite.save(),
    onRound: (report) => {
      metrics.roundDone(report)
      log.debug({ ...report, known: finder.known.list().length }, 'looked for nodes')
    },
  })
  const metrics = new Metrics(() => finder.known.list().length)
  finder.known.restore((await files.nodes.read()) ?? [])
  await nodesWrite.save()

  const startedMs = now()
  const context: ContextOf<NodeApi> = {
    nodes: finder.port(),
    blockchain: info,
    health: () => healthOf({ settings, profile, info, finder, uptimeMs: now() - startedMs }),
  }
  door.open(
    restApp({
      table: nodeApi,
      dispatch: dispatcher(nodeApi, context),
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
          keyOf,
        }),
      metrics: () => metrics.text(),
      onAnswer: (verb, path, status, seconds) => metrics.answered(verb, path, status, seconds),
      onInternalError: (error) => log.error({ err: error }, 'a request failed'),
    }),
  )
  finder.start()
  return {
    record: own.record,
    url: urlOf(own.record),
    profile,
    dir: folder.path,
    finder,
    context,
    async stop() {
      await finder.stop()
      await door.close()
      await nodesWrite.save()
      await folder.close()
    },
  }
}

function openBlocks(folder: string, settings: NodeSettings, log: Logger): Promise<BlockFiles<Json>> {
  return BlockFiles.open({
    folder: join(folder, settings.blocksFolder),
    template: settings.blockTemplate,
    decode: (json) => json,
    onSetAside: (event) => log.warn(event, 'set a block file aside that is torn or foreign'),
  })
}

/** Reads what the node remembers of its chain, and writes what it did not yet. */
async function openInfo(
  files: NodeFiles,
  place: Place,
  settings: NodeSettings,
  tip: number,
  onNewChain: () => void,
): Promise<BlockchainInfoKeeper> {
  const state = await files.state.read()
  const known = await files.blockchain.read()
  const save: ConstructorParameters<typeof BlockchainInfoKeeper>[0]['save'] = async (info, pinned) => {
    await files.blockchain.write(info)
    await files.state.write({
      ip_address: settings.ip,
      port: place.door.port,
      port_was_chosen: place.portWasChosen,
      info_is_pinned: pinned,
    })
  }
  const initial = known ?? DEFAULTS.blockchain
  const pinned = known !== undefined && state?.info_is_pinned === true
  await save(initial, pinned)
  return new BlockchainInfoKeeper({
    initial,
    pinned,
    fixed: fixedSettings(),
    derived: () => (tip < 0 ? undefined : { ...initial, height: tip }),
    save,
    onNewChain,
  })
}

interface HealthFacts {
  readonly settings: NodeSettings
  readonly profile: Profile
  readonly info: BlockchainInfoKeeper
  readonly finder: NodeFinder
  readonly uptimeMs: number
}

function healthOf({ settings, profile, info, finder, uptimeMs }: HealthFacts): Health {
  return {
    status: 'ok',
    role: settings.role,
    version: VERSION,
    profile,
    chain_id: info.chainId(),
    height: info.get().height,
    known_nodes: finder.known.list().length,
    rounds: finder.rounds,
    seed_reachable: finder.seedReachable,
    uptime_seconds: Math.floor(uptimeMs / 1000),
  }
}
