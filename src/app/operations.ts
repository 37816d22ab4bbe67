import { type Dispatch, dispatcher } from '../api/dispatch.js'
import type { ContextOf, MethodTable } from '../api/method.js'
import { chainApi, nodeApi, type SeedApi, seedApi } from '../api/node-api.js'
import { chainControlPort } from '../chain/chain-port.js'
import { minerPort } from '../mining/miner-port.js'
import type { Profile } from '../nodes/profile.js'
import { developmentWallet } from '../wallet/development-accounts.js'
import type { ChainActivities } from './chain-activities.js'
import type { ClientChain } from './client-chain.js'
import { faucet } from './faucet.js'
import type { NodePorts } from './contracts/node-contracts.js'
import { DEFAULTS } from './settings/defaults.js'

/** What a node offers, and how to call it: every door serves these. */
export interface Operations {
  readonly table: MethodTable
  readonly dispatch: Dispatch
}

/** A seed server offers few operations, a node with a chain many, and in profile dev all. */
export async function operations(
  base: ContextOf<SeedApi>,
  chain: ClientChain | undefined,
  activities: ChainActivities | undefined,
  contracts: NodePorts | undefined,
  profile: Profile,
  now: () => number,
): Promise<Operations> {
  if (!chain || !activities || !contracts) return { table: seedApi, dispatch: dispatcher(seedApi, base) }
  const context = {
    ...base,
    ...chain.context,
    mining: minerPort(activities.miner, chain.blockchain),
    sync: activities.sync.port,
    ...contracts,
  }
  if (profile !== 'dev') return { table: chainApi, dispatch: dispatcher(chainApi, context) }
  const development = {
    faucet: await devFaucet(chain, now),
    chainControl: chainControlPort(chain.blockchain),
  }
  return { table: nodeApi, dispatch: dispatcher(nodeApi, { ...context, ...development }) }
}

async function devFaucet({ blockchain, pending }: ClientChain, now: () => number) {
  const payer = (await developmentWallet()).account(0)
  const { faucet_amount: amount, faucet_fee: fee } = DEFAULTS.chain
  return faucet({ blockchain, pending, keys: payer.keys, amount, fee, now })
}
