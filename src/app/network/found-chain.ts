import { type BlockchainInfo, CONSENSUS_KEYS } from '../../api/schemas/info.js'
import { DEFAULTS } from '../settings/defaults.js'
import { SettingsError } from '../settings/errors.js'
import type { NetworkSettings } from './network-settings.js'
import type { NodeClients, Reachable } from './node-clients.js'

/** The chain of a network, and whether it began with this run. */
export interface Founding {
  readonly info: BlockchainInfo
  readonly chainId: string
  readonly isNew: boolean
}

/**
 * Settles which chain a network has, by what its nodes say of theirs, before any of them mines; the seed server is told
 * where it has to be, and clients without blocks take it over from there.
 * @throws {SettingsError} when the network has a chain of another block time than asked for
 */
export async function foundChain(
  seed: Reachable,
  clients: readonly Reachable[],
  settings: Pick<NetworkSettings, 'blockTime' | 'directory'>,
  calls: NodeClients,
): Promise<Founding> {
  const [said, ...chains] = await Promise.all(
    [seed, ...clients].map((node) => calls.of(node).call('blockchain.get', {})),
  )
  const chosen = chooseChain(said ?? DEFAULTS.blockchain, chains, settings.blockTime)
  const { block_time: blockTime } = chosen.info
  if (settings.blockTime !== undefined && settings.blockTime !== blockTime)
    throw new SettingsError(
      `--block-time ${settings.blockTime} is for a new chain; the one in ${settings.directory} has a block time of ${blockTime} s`,
    )
  if (!said || !isSameChain(said, chosen.info)) await calls.of(seed).call('blockchain.put', chosen.info)
  const { chain_id: chainId } = await calls.of(seed).call('node.health', {})
  return { ...chosen, chainId }
}

/**
 * The chain a network goes on with: that of its blocks, the seed server's where there are several; without blocks the
 * one its seed server was told once; else a new one.
 */
export function chooseChain(
  seed: BlockchainInfo,
  clients: readonly BlockchainInfo[],
  blockTime: number = DEFAULTS.network.chain.block_time,
): Omit<Founding, 'chainId'> {
  const withBlocks = clients.filter(({ height }) => height >= 0).sort((a, b) => b.height - a.height)
  const going = withBlocks.find((info) => isSameChain(info, seed)) ?? withBlocks[0]
  if (going) return { info: withoutBlocks(going), isNew: false }
  if (!isSameChain(seed, DEFAULTS.blockchain)) return { info: withoutBlocks(seed), isNew: false }
  const fresh = { ...DEFAULTS.network.chain, block_time: blockTime }
  return { info: withoutBlocks({ ...DEFAULTS.blockchain, ...fresh }), isNew: true }
}

function isSameChain(one: BlockchainInfo, other: BlockchainInfo): boolean {
  return CONSENSUS_KEYS.every((key) => one[key] === other[key])
}

function withoutBlocks(info: BlockchainInfo): BlockchainInfo {
  return { ...info, height: -1, total_transactions: 0, total_addresses: 0 }
}
