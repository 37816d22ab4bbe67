import { Door, PortError } from '../listen.js'
import type { NodeSettings } from '../settings/node-settings.js'
import { readTls } from './read-tls.js'

/**
 * Contracts are opened once the node answers, which is too late to refuse the start and leave nothing behind: whether what
 * was asked for is to be had is looked at before. @throws {Error} one line for people
 */
export async function checkContractsDoor({ ip, port, contracts }: NodeSettings): Promise<void> {
  if (contracts.tls !== undefined) await readTls(contracts.tls)
  if (contracts.port === undefined || contracts.port === 0) return
  if (contracts.port === port)
    throw new PortError(`--port and --contract-port are both ${port}: choose another for one of them`)
  const door = await Door.take(ip, contracts.port, '--contract-port')
  await door.close()
}
