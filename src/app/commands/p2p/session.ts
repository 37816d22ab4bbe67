import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Argv } from 'yargs'
import { messageOf } from '../../../base/errors.js'
import {
  HeadersStore,
  type Network,
  NETWORK_NAMES,
  networkNamed,
  PeerManager,
  type PeerManagerOptions,
} from '../../../p2p/index.js'
import { makeFolder } from '../../../store/folder.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { SettingsError } from '../../settings/errors.js'
import { secondsIn } from '../../settings/setting.js'

export type Flags = Record<string, string | undefined>

const DEFAULT_DIRECTORY = 'p2p'
const DEFAULT_TIMEOUT_SECONDS = '30'

/** The flags that every command of `terrarium p2p` has. */
export function p2pCommandLine(name: string, usage: string, describe: string): Argv {
  const text = { type: 'string', requiresArg: true } as const
  return commandLine(`terrarium p2p ${name}`, usage, describe)
    .option('network', { ...text, alias: 'n', demandOption: true, describe: NETWORK_NAMES.join(', ') })
    .option('peer', {
      ...text,
      alias: 'p',
      describe:
        'peers to connect to, host:port, with commas between them [found by the seeds of the network]',
    })
    .option('directory', {
      ...text,
      alias: 'd',
      describe: `where headers.<network> and peers.<network>.json are kept [${DEFAULT_DIRECTORY}]`,
    })
    .option('timeout', {
      ...text,
      describe: `seconds to wait for a first peer [${DEFAULT_TIMEOUT_SECONDS}]`,
    })
    .option('json', { type: 'boolean', describe: 'JSON instead of text' })
}

/** What a command works with; everything is closed after it. */
export interface Session {
  readonly network: Network
  readonly manager: PeerManager
  /** The headers kept in the directory; opened at first use. */
  readonly store: () => Promise<HeadersStore>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly isJson: boolean
  readonly timeoutMs: number
}

/** Connects to the network that the flags name, and runs `job` when a peer is there. @throws {Error} one line for people */
export async function withSession(
  parser: Argv,
  args: readonly string[],
  job: (session: Session, flags: Flags) => Promise<void>,
  options: Partial<PeerManagerOptions> = {},
): Promise<void> {
  const flags = await parse(parser, args)
  const network = readNetwork(flags['network'])
  const timeoutMs = readSeconds(flags['timeout'] ?? DEFAULT_TIMEOUT_SECONDS)
  const directory = flags['directory'] ?? DEFAULT_DIRECTORY
  const manager = makeManager(network, flags['peer'], directory, options)
  const stop = new AbortController()
  const onSignal = (): void => stop.abort(new Error('stopped'))
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  let opened: Promise<HeadersStore> | undefined
  const store = (): Promise<HeadersStore> => (opened ??= HeadersStore.open({ directory, network }))
  try {
    await makeFolder(directory)
    await connect(manager, timeoutMs, stop.signal)
    const isJson = (flags['json'] as unknown) === true
    await job({ network, manager, store, signal: stop.signal, isJson, timeoutMs }, flags)
  } catch (error) {
    if (!stop.signal.aborted) throw error
    process.exitCode = 130
  } finally {
    await manager.close()
    await opened?.then(
      (each) => each.close(),
      () => undefined,
    )
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

function makeManager(
  network: Network,
  peer: string | undefined,
  directory: string,
  options: Partial<PeerManagerOptions>,
): PeerManager {
  const isNamed = peer !== undefined
  const peersFile = join(directory, `peers.${network.name}.json`)
  if (!isNamed && network.dnsSeeds.length === 0 && !existsSync(peersFile))
    throw new SettingsError(`--peer is needed: ${network.name} has no seeds that would name peers`)
  try {
    return new PeerManager({
      network,
      peers: peer?.split(',') ?? [],
      peersFile,
      // Whoever names peers wants those and no others.
      ...(isNamed ? { maxOutbound: 0 } : { discover: { dns: true, addr: true } }),
      relay: false,
      ...options,
    })
  } catch (error) {
    throw new SettingsError(`--peer: ${messageOf(error)}`)
  }
}

async function connect(manager: PeerManager, timeoutMs: number, stop: AbortSignal): Promise<void> {
  const failures = new Map<string, string>()
  manager.on('failed', ({ host, port }, reason) => {
    failures.set(`${host}:${port}`, reason === undefined ? 'it hung up' : messageOf(reason))
  })
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    await manager.open({ signal: AbortSignal.any([stop, timeout]) })
  } catch (error) {
    if (!timeout.aborted) throw error
    const causes = [...failures].map(([address, cause]) => `\n  ${address}: ${cause}`).join('')
    throw new Error(
      `no peer of ${manager.network.name} answered within ${timeoutMs / 1000} s; check --peer and --network${causes}`,
      { cause: error },
    )
  }
}

function readNetwork(name = ''): Network {
  try {
    return networkNamed(name)
  } catch (error) {
    throw new SettingsError(`--network: ${messageOf(error)}`)
  }
}

function readSeconds(text: string): number {
  try {
    return secondsIn(0, 86_400)(text)
  } catch (error) {
    throw new SettingsError(`--timeout ${messageOf(error)}`)
  }
}
