import { type Static, Type as T } from '@sinclair/typebox'
import { IpAddress, Port } from '../api/schemas/node.js'
import { compile } from '../api/validator.js'
import type { Json } from '../base/json.js'

/** Name of the file in the data folder. */
export const NODE_STATE_FILE = 'node_state.json'

const NodeState = T.Object(
  {
    ip_address: IpAddress,
    port: Port,
    port_was_chosen: T.Boolean({
      description: 'Whether the node chose its port, and so takes the same one again.',
    }),
    info_is_pinned: T.Boolean({ description: 'Whether the operator set the blockchain info here.' }),
  },
  { additionalProperties: false },
)

/** What a node remembers of itself between two runs. */
export type NodeState = Static<typeof NodeState>

const faultOf = compile(NodeState)

export function decodeNodeState(json: Json): NodeState {
  const fault = faultOf(json)
  if (fault) throw new Error(fault.message)
  return json as NodeState
}
