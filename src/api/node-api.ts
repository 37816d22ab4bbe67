import { assert } from '../base/errors.js'
import type { MethodTable } from './method.js'
import { addresses } from './methods/addresses.js'
import { blockTransactions } from './methods/block-transactions.js'
import { blockchain } from './methods/blockchain.js'
import { blocks } from './methods/blocks.js'
import { contractSetup } from './methods/contract-setup.js'
import { contractState } from './methods/contract-state.js'
import { contracts } from './methods/contracts.js'
import { development } from './methods/development.js'
import { health } from './methods/health.js'
import { mining } from './methods/mining.js'
import { nodes } from './methods/nodes.js'
import { recordTypes } from './methods/record-types.js'
import { records } from './methods/records.js'
import { remote } from './methods/remote.js'
import { remoteWork } from './methods/remote-work.js'
import { sync } from './methods/sync.js'
import { transactions } from './methods/transactions.js'
import { utxo } from './methods/utxo.js'

/** What a seed server offers. */
export const seedApi = join(nodes, blockchain, health)
export type SeedApi = typeof seedApi

/** What every node with a chain offers. */
export const chainApi = join(
  seedApi,
  blocks,
  blockTransactions,
  transactions,
  utxo,
  addresses,
  mining,
  sync,
  contracts,
  contractState,
  contractSetup,
  remote,
  remoteWork,
  recordTypes,
  records,
)
export type ChainApi = typeof chainApi

/** Every operation of a node: what one in profile dev offers. */
export const nodeApi = join(chainApi, development)
export type NodeApi = typeof nodeApi

type Union<T extends readonly object[]> = T extends readonly [infer A, ...infer B extends object[]]
  ? A & Union<B>
  : unknown

/** One table of several; the same name twice is our mistake. */
function join<const T extends MethodTable[]>(...tables: T): Union<T> {
  const joined: Record<string, unknown> = {}
  for (const [name, method] of tables.flatMap((table) => Object.entries(table))) {
    assert(!(name in joined), `two methods are called ${name}`)
    joined[name] = method
  }
  return joined as Union<T>
}
