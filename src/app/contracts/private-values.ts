import { join } from 'node:path'
import { hashedKey, privateNamespace } from '../../ledger/contracts/namespaces.js'
import type { Blockchain } from '../../chain/blockchain.js'
import { type HeldValue, PrivateValues } from '../../store/private-values.js'
import { DEFAULTS } from '../settings/defaults.js'
import type { ContractsOptions } from './contracts-options.js'
import type { DeployedContracts } from './deployed-contracts.js'

export interface OpenPrivateValues {
  readonly values: PrivateValues
  close(): Promise<void>
}

const FOLDER = 'private'

/** The values of private collections that this node holds; from time to time those that no key has any more are forgotten. */
export function openPrivateValues(
  folder: string,
  { chain, now, log }: Pick<ContractsOptions, 'chain' | 'now' | 'log'>,
  deployed: Pick<DeployedContracts, 'of'>,
): OpenPrivateValues {
  const values = PrivateValues.open({ folder: join(folder, FOLDER), now })
  const { private_sweep_interval: intervalSeconds, private_max_age: maxAgeSeconds } = DEFAULTS.contract
  let sweeping: Promise<unknown> = Promise.resolve()
  const sweep = (): void => {
    sweeping = values
      .sweep(maxAgeSeconds * 1000, (value) => isNeeded(value, chain.blockchain, deployed))
      .catch((error: unknown) => log.error({ err: error }, 'private values could not be tidied up'))
  }
  const timer = setInterval(sweep, intervalSeconds * 1000).unref()
  return {
    values,
    async close() {
      clearInterval(timer)
      await sweeping
      await values.close()
    },
  }
}

/** Whether it is the value that its key has on the chain, and its collection keeps values that long. */
function isNeeded(
  { namespace, collection, key, valueHash }: HeldValue,
  blockchain: Blockchain,
  deployed: Pick<DeployedContracts, 'of'>,
): boolean {
  const { index } = blockchain
  const found = index.worldValue(privateNamespace(namespace, collection), hashedKey(key))
  if (!found || !('hex' in found.value) || found.value.hex !== valueHash) return false
  const { collections = [] } = deployed.of(namespace) ?? {}
  const blockToLive = collections.find(({ name }) => name === collection)?.blockToLive ?? 0
  return blockToLive === 0 || blockchain.height() - found.version.height <= blockToLive
}
