import { UsageError } from '../errors.js'
import type { Network } from './network.js'

type Optional = 'checkpoints' | 'minimumChainWork' | 'dnsSeeds' | 'foreignUserAgents'

/** A {@link Network} of which only what every network has must be said. */
export type NetworkDefinition = Omit<Network, Optional> & Partial<Pick<Network, Optional>>

/** A network from its definition, checked and frozen. @throws {UsageError} that tells what cannot be so. */
export function defineNetwork(definition: NetworkDefinition): Network {
  const network: Network = {
    checkpoints: [],
    minimumChainWork: 0n,
    dnsSeeds: [],
    foreignUserAgents: [],
    ...definition,
  }
  for (const problem of problems(network)) throw new UsageError(`the network ${network.name}: ${problem}`)
  return Object.freeze(network)
}

function* problems(network: Network): Generator<string> {
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(network.name))
    yield 'a name has up to 64 lower-case letters, digits, dots and hyphens, since it names files'
  if (network.magic.length !== 4) yield 'a magic has 4 bytes'
  if (!Number.isInteger(network.port) || network.port < 1 || network.port > 0xffff)
    yield 'a port lies between 1 and 65535'
  if (network.genesis.length !== 80) yield 'a genesis header has 80 bytes'
  if (!isTarget(network.rules.powLimitBits)) yield 'powLimitBits is no target'
  if (network.minimumChainWork < 0n) yield 'minimumChainWork is negative'
  yield* checkpointProblems(network)
}

function* checkpointProblems({ checkpoints }: Network): Generator<string> {
  let last = 0
  for (const { height, hash } of checkpoints) {
    if (!Number.isSafeInteger(height) || height <= last) yield 'heights of checkpoints ascend from 1'
    if (hash.length !== 32) yield `the checkpoint at ${height} has no hash of 32 bytes`
    last = height
  }
}

/** Positive, not marked as negative, and within 256 bits. */
function isTarget(bits: number): boolean {
  const mantissa = bits & 0x7f_ffff
  const size = bits >>> 24
  const mantissaBytes = Math.ceil((32 - Math.clz32(mantissa)) / 8)
  return mantissa > 0 && (bits & 0x80_0000) === 0 && size >= 3 && size - 3 + mantissaBytes <= 32
}
