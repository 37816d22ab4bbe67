import { sha256d } from '../hash.js'
import { ByteWriter } from '../wire/writer.js'
import { btc } from './btc.js'
import { defineNetwork } from './define-network.js'
import type { Network } from './network.js'

/** The magic of the signet whose blocks answer `challenge`, a script. */
export function signetMagic(challenge: Uint8Array): Uint8Array {
  return sha256d(new ByteWriter(challenge.length + 9).varBytes(challenge).finish()).slice(0, 4)
}

/** A signet of one's own: like the public one, but for its name, its magic and its past. @throws {UsageError} for a name that cannot be. */
export function defineSignet(name: string, challenge: Uint8Array): Network {
  return defineNetwork({
    ...btc.signet,
    name,
    magic: signetMagic(challenge),
    minimumChainWork: 0n,
    dnsSeeds: [],
  })
}
