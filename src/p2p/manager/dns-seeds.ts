import { lookup } from 'node:dns/promises'
import type { Network } from '../networks/network.js'
import type { PeerAddress } from './address.js'
import { isRoutable } from './routable.js'

/** Finds the addresses of a name. */
export type Resolver = (name: string) => Promise<readonly string[]>

/** A name may have many, but not so many that they fill the address book. */
const MAX_ADDRESSES_PER_SEED = 256

/** The resolver of the system. */
export const systemResolver: Resolver = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address)

/** Asks the seeds of a network for peers. Seeds that do not answer are told to `onError`, and do without. */
export async function resolveSeeds(
  network: Network,
  resolve: Resolver,
  onError: (seed: string, error: unknown) => void,
): Promise<PeerAddress[]> {
  const found = await Promise.all(
    network.dnsSeeds.map(async (seed) => {
      try {
        return await resolve(seed)
      } catch (error) {
        onError(seed, error)
        return []
      }
    }),
  )
  return found
    .flatMap((hosts) => hosts.slice(0, MAX_ADDRESSES_PER_SEED))
    .filter((host) => isRoutable(host))
    .map((host) => ({ host, port: network.port }))
}
