import type { BlockchainInfoKeeper } from '../chain/blockchain-info.js'
import { type ClientChain, openClientChain } from './client-chain.js'
import type { NodeFiles } from './files.js'
import type { NodeEvents } from './node-events.js'
import type { Surroundings } from './node.js'
import { openInfo } from './open-info.js'
import type { Place } from './place.js'
import type { NodeSettings } from './settings/node-settings.js'

export interface OpenStateOptions {
  readonly place: Place
  readonly files: NodeFiles
  readonly settings: NodeSettings
  readonly surroundings: Pick<Surroundings, 'log' | 'now'>
  readonly events: NodeEvents
  /** The consensus settings changed, and with them the chain id. */
  readonly onNewChain: () => void
}

/** What a node says of its chain and, but for a seed server, the chain itself: each follows the other. */
export interface OpenState {
  readonly info: BlockchainInfoKeeper
  readonly chain: ClientChain | undefined
  /** Writes what the node says of its chain. */
  readonly saveInfo: () => Promise<void>
}

/** @throws {Error} one line for people, when block 0 is of another chain than the info */
export async function openState(options: OpenStateOptions): Promise<OpenState> {
  const { place, files, settings, surroundings, events } = options
  let chain: ClientChain | undefined
  const { info, save } = await openInfo({
    files,
    place,
    settings,
    derived: () => chain?.derived(),
    onNewChain: (founded) => {
      chain?.refound(founded)
      options.onNewChain()
    },
    onChange: () => events.emit('blockchain.changed', {}),
    alone: (change) => (chain ? chain.blockchain.alone(change) : change()),
  })
  if (settings.role === 'client') {
    const folder = place.folder.path
    chain = await openClientChain({ folder, settings, consensus: info.settings(), events, ...surroundings })
  }
  // Not before the blocks are known to be of this chain: a refusal leaves the info as it was.
  await save()
  return { info, chain, saveInfo: save }
}
