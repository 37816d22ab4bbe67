import { UsageError } from '../errors.js'
import { bsv } from './bsv.js'
import { btc } from './btc.js'
import type { Network } from './network.js'

/** The networks that have a name. */
export const networks = { bsv, btc } as const

const byName = new Map<string, Network>(
  Object.entries(networks).flatMap(([family, members]) =>
    Object.entries(members).flatMap(([key, network]): [string, Network][] => [
      [`${family}-${key}`, network],
      [network.name, network],
    ]),
  ),
)

/** What {@link networkNamed} knows: bsv-mainnet … btc-regtest, and mainnet, testnet, scaling-testnet, regtest for those of BSV. */
export const NETWORK_NAMES: readonly string[] = [...byName.keys()]

/** @throws {UsageError} that lists the names there are. */
export function networkNamed(name: string): Network {
  const network = byName.get(name)
  if (network === undefined)
    throw new UsageError(`there is no network ${name}; there are ${NETWORK_NAMES.join(', ')}`)
  return network
}
