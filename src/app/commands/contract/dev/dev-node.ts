import { join } from 'node:path'
import { messageOf } from '../../../../base/errors.js'
import { nodeApi } from '../../../../api/node-api.js'
import { NoAnswerError, restClient } from '../../../../rest/client.js'
import { DEFAULTS } from '../../../settings/defaults.js'
import { PACKAGE_ROOT } from '../../../package-info.js'
import { Child } from './child.js'

const ASK_MS = 2_000
const START_MS = 10_000

/** Whether a node answers at the address. @throws {Error} where somebody else does */
export async function answers(url: string): Promise<boolean> {
  const client = restClient(nodeApi, url, { timeoutMs: ASK_MS })
  try {
    await client.call('node.health', {})
    return true
  } catch (error) {
    if (error instanceof NoAnswerError && error.message.startsWith('nobody answers')) return false
    throw error
  } finally {
    client.close()
  }
}

/**
 * Starts a node for development, which ends with this process. Its chain has blocks of a second at the most: calls come
 * faster than blocks of minutes may, and would make those ever harder to find. @throws {Error} why it did not start
 */
export async function startNode(
  url: string,
  dir: string | undefined,
  onLine: (line: string) => void,
): Promise<Child> {
  const { hostname, port } = new URL(url)
  const flags = ['--ip', hostname.replace(/^\[(.*)\]$/, '$1'), '--port', port || '80', '--mine', 'off']
  const pace = ['--gather-time', String(DEFAULTS.contract.dev_gather_time), '--log-level', 'warn']
  const place = dir === undefined ? [] : ['--dir', dir]
  const program = join(PACKAGE_ROOT, 'dist', 'client.js')
  const child = new Child(process.execPath, [program, ...flags, ...pace, ...place], { ipc: true, onLine })
  try {
    await child.message()
    await mineQuickly(url)
  } catch (error) {
    await child.stop()
    throw new Error(`the node did not start: ${messageOf(error)}`, { cause: error })
  }
  return child
}

/** Founds a chain of short blocks where there is none, and then has the node mine whenever a call arrives. */
async function mineQuickly(url: string): Promise<void> {
  const client = restClient(nodeApi, url, { timeoutMs: START_MS })
  try {
    const info = await client.call('blockchain.get', {})
    const blockTime = DEFAULTS.contract.dev_block_time
    if (info.height < 0) await client.call('blockchain.put', { ...info, block_time: blockTime })
    await client.call('mining.put', { mode: 'auto' })
  } finally {
    client.close()
  }
}
