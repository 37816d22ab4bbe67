import { join } from 'node:path'
import { nodeApi } from '../../../../api/node-api.js'
import { NoAnswerError, restClient } from '../../../../rest/client.js'
import { DEFAULTS } from '../../../settings/defaults.js'
import { PACKAGE_ROOT } from '../../../package-info.js'
import { Child } from './child.js'

const ASK_MS = 2_000

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

/** Starts a node for development, which ends with this process. @throws {Error} why it did not start */
export async function startNode(
  url: string,
  dir: string | undefined,
  onLine: (line: string) => void,
): Promise<Child> {
  const { hostname, port } = new URL(url)
  const flags = ['--ip', hostname.replace(/^\[(.*)\]$/, '$1'), '--port', port || '80', '--mine', 'auto']
  const pace = ['--gather-time', String(DEFAULTS.contract.dev_gather_time), '--log-level', 'warn']
  const place = dir === undefined ? [] : ['--dir', dir]
  const program = join(PACKAGE_ROOT, 'dist', 'client.js')
  const child = new Child(process.execPath, [program, ...flags, ...pace, ...place], { ipc: true, onLine })
  try {
    await child.message()
  } catch (error) {
    throw new Error(`the node did not start: ${(error as Error).message}`, { cause: error })
  }
  return child
}
