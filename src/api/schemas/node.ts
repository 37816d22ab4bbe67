import { type Static, Type as T } from '@sinclair/typebox'

/** A literal IPv4 or IPv6 address; never a host name. */
export const IpAddress = T.String({
  format: 'ip',
  maxLength: 45,
  description: 'Literal IPv4 or IPv6 address.',
})

export const Port = T.Integer({ minimum: 1, maximum: 65535, description: 'TCP port.' })

/** Where a node can be reached: its REST address, and its identity towards others. */
export const NodeRecord = T.Object(
  { ip_address: IpAddress, port: Port },
  { additionalProperties: false, description: 'Where a node can be reached.' },
)
export type NodeRecord = Static<typeof NodeRecord>

export const NodeList = T.Array(NodeRecord, { description: 'Known nodes.' })

/** A node that introduces itself, or nothing: both keys or none. */
export const OptionalNode = T.Partial(NodeRecord, {
  additionalProperties: false,
  dependentRequired: { ip_address: ['port'], port: ['ip_address'] },
  description: 'The calling node, if it wants to be known; absent and {} both mean: no node.',
})
export type OptionalNode = Static<typeof OptionalNode>
