import { once } from 'node:events'
import type { Peer, PeerManager } from '../../../p2p/index.js'
import { columns } from '../../columns.js'
import type { Command } from '../command.js'
import { p2pCommandLine, withSession } from './session.js'

/** Once one peer is there, the others have this long, and all have as long to answer a ping. */
const OTHERS_MS = 3_000

/** Prints the peers that could be reached. */
export const peers: Command = {
  name: 'peers',
  describe: 'list the peers that can be reached, and what they say of themselves',
  run: (args) => {
    const parser = p2pCommandLine(
      'peers',
      '--network <name> [options]',
      'Connects to peers and prints who they are; all that were found are kept in peers.<network>.json.',
    ).example('$0 -n btc-mainnet', 'who is there')
    return withSession(parser, args, async ({ manager, signal, isJson }) => {
      await othersOf(manager, AbortSignal.any([signal, AbortSignal.timeout(OTHERS_MS)]))
      signal.throwIfAborted()
      const found = (await Promise.all(manager.connected.map(describe))).filter((each) => each !== undefined)
      process.stdout.write(isJson ? `${JSON.stringify(found)}\n` : `${table(found)}\n`)
    })
  },
}

/** Resolves when all that shall be connected are, or the signal is aborted. */
async function othersOf(manager: PeerManager, signal: AbortSignal): Promise<void> {
  while (manager.disconnected.length > 0 && !signal.aborted)
    await once(manager, 'connect', { signal }).catch(() => undefined)
}

interface Described {
  readonly address: string
  readonly user_agent: string
  readonly protocol: number
  readonly height: number
  readonly services: string
  /** Null for one that was slow to answer. */
  readonly ping_ms: number | null
}

/** Undefined for one that left meanwhile. */
async function describe(peer: Peer): Promise<Described | undefined> {
  const { version, host, port } = peer
  const pingMs = await peer.ping({ timeoutMs: OTHERS_MS }).catch(() => undefined)
  if (version === undefined || !peer.ready) return undefined
  return {
    address: `${host}:${port}`,
    user_agent: version.userAgent,
    protocol: version.version,
    height: version.startHeight,
    services: `0x${version.services.toString(16)}`,
    ping_ms: pingMs === undefined ? null : Math.round(pingMs * 10) / 10,
  }
}

function table(found: readonly Described[]): string {
  return columns(
    ['peer', 'user agent', 'protocol', 'height', 'services', 'ping (ms)'],
    found.map((each) => [
      each.address,
      each.user_agent,
      each.protocol,
      each.height,
      each.services,
      each.ping_ms ?? '-',
    ]),
    ['protocol', 'height', 'ping (ms)'],
  )
}
