import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeApi, type NodeApi } from '../../src/api/node-api.js'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import { type RestClient, restClient } from '../../src/rest/client.js'
import { type Child, startChild } from './child.js'
import { COUNTER } from './counter-calls.js'
import { firstCall } from './first-call.js'
import { freePort } from './free-port.js'
import { startCounter } from './shim-process.js'

/** A node that mines as transactions come, with the counter on the npm shim deployed on it. */
export interface ContractNode {
  readonly process: Child
  readonly client: RestClient<NodeApi>
  stop(): Promise<void>
}

/** One second between blocks: with few blocks ahead of that pace the work stays next to none. */
const BLOCKCHAIN = { ...DEFAULTS.blockchain, block_time: 1 }
const TIMEOUT_MS = 30_000

export async function startContractNode(dir: string, flags: readonly string[]): Promise<ContractNode> {
  await mkdir(dir)
  await writeFile(join(dir, 'blockchain.json'), JSON.stringify(BLOCKCHAIN))
  const contractPort = await freePort()
  const process = await startChild('client-server', {
    dir,
    flags: ['--mine', 'auto', '--contract-port', String(contractPort), ...flags],
  })
  const client = restClient(nodeApi, process.url, { timeoutMs: TIMEOUT_MS })
  // Whoever asks about contracts opens the door for them.
  await client.call('contracts.list', {})
  const stopCounter = startCounter(COUNTER.id, contractPort)
  const stop = async (): Promise<void> => {
    await stopCounter()
    client.close()
    await process.stop()
  }
  try {
    await firstCall(client)
  } catch (error) {
    await stop()
    throw error
  }
  return { process, client, stop }
}
