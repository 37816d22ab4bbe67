import { createLog } from '../../src/app/log.js'
import { type RunningNode, startNode } from '../../src/app/node.js'
import { nodeSettings } from '../../src/app/settings/node-settings.js'
import { CLIENT, DNS_SERVER } from '../../src/app/settings/programs.js'

/** A node in this process, on a free port, silent; its loop looks for others once and then sleeps for a day. */
export async function benchNode(
  role: 'client' | 'dns',
  dir: string,
  flags: readonly string[] = [],
): Promise<RunningNode> {
  const args = ['--port', '0', '--dir', dir, '--upd_int', '86400', '--log-level', 'fatal', ...flags]
  const settings = await nodeSettings(role === 'dns' ? DNS_SERVER : CLIENT, args, {})
  return startNode(settings, { log: createLog('fatal', false), now: Date.now, random: Math.random })
}
