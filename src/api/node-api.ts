import { assert } from '../base/errors.js'
import type { MethodTable } from './method.js'
import { blockchain } from './methods/blockchain.js'
import { health } from './methods/health.js'
import { nodes } from './methods/nodes.js'

/** Every operation of a node. */
export const nodeApi = join(nodes, blockchain, health)
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
