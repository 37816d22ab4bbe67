import { BlockchainInfoKeeper, type DerivedInfo } from '../chain/blockchain-info.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import type { NodeFiles } from './files.js'
import type { Place } from './place.js'
import { DEFAULTS } from './settings/defaults.js'
import { fixedSettings } from './settings/derived.js'
import type { NodeSettings } from './settings/node-settings.js'

export interface OpenInfoOptions {
  readonly files: NodeFiles
  readonly place: Place
  readonly settings: Pick<NodeSettings, 'ip'>
  /** What the blocks say; nothing while there are none. */
  readonly derived: () => DerivedInfo | undefined
  readonly onNewChain: (settings: ConsensusSettings) => void
  readonly onChange: () => void
  readonly alone: <T>(change: () => Promise<T>) => Promise<T>
}

/** What a node remembers of its chain, and how to write it down as it is now. */
export interface OpenInfo {
  readonly info: BlockchainInfoKeeper
  readonly save: () => Promise<void>
}

export async function openInfo(options: OpenInfoOptions): Promise<OpenInfo> {
  const { files, place, settings, ...hooks } = options
  const state = await files.state.read()
  const known = await files.blockchain.read()
  let isPinned = known !== undefined && state?.info_is_pinned === true
  const write: ConstructorParameters<typeof BlockchainInfoKeeper>[0]['save'] = async (info, pinned) => {
    await files.blockchain.write(info)
    await files.state.write({
      ip_address: settings.ip,
      port: place.door.port,
      port_was_chosen: place.portWasChosen,
      info_is_pinned: pinned,
    })
    isPinned = pinned
  }
  const info = new BlockchainInfoKeeper({
    initial: known ?? DEFAULTS.blockchain,
    pinned: isPinned,
    fixed: fixedSettings(),
    save: write,
    ...hooks,
  })
  return { info, save: () => write(info.get(), isPinned) }
}
