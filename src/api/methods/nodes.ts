import { Type as T } from '@sinclair/typebox'
import { fail } from '../errors.js'
import { type Caller, methods } from '../method.js'
import { NodeList, NodeRecord, OptionalNode } from '../schemas/node.js'

/** The part of the known nodes that strangers reach. */
export interface NodesPort {
  readonly self: NodeRecord
  list(): readonly NodeRecord[]
  /** A node speaks for itself; the answer is why it is refused, if it is. */
  introduce(record: NodeRecord, caller: Caller): string | undefined
  /** Somebody names a node; the answer is why it is refused, if it is. Resolves when it is on disk. */
  add(record: NodeRecord, caller: Caller): Promise<string | undefined>
  /** Resolves when it is gone from disk. */
  remove(record: NodeRecord): Promise<void>
  /** A number in [0, 1). */
  random(): number
}

const method = methods<{ nodes: NodesPort }>()

const here: NodeRecord = { ip_address: '127.0.0.1', port: 55000 }
const there: NodeRecord = { ip_address: '127.0.0.1', port: 50000 }

export const nodes = {
  'node.get': method({
    summary: 'This node',
    params: T.Object({}, { additionalProperties: false }),
    result: NodeRecord,
    http: 'GET /',
    example: { params: {}, result: here },
    handle: (_, { nodes }) => nodes.self,
  }),
  'node.greet': method({
    summary: 'Check that a node is alive, and introduce yourself if you want to be known',
    params: OptionalNode,
    result: NodeRecord,
    http: 'POST /',
    errors: ['ADDRESS_REFUSED'],
    example: { params: there, result: here },
    handle: (caller, { nodes }, from) => {
      introduce(caller, nodes, from)
      return nodes.self
    },
  }),
  'nodes.list': method({
    summary: 'The known nodes; the caller is added first if it introduces itself',
    params: OptionalNode,
    result: NodeList,
    http: 'GET /nodes/',
    getWithBody: true,
    errors: ['ADDRESS_REFUSED'],
    changesWith: ['nodes.changed'],
    example: { params: {}, result: [there] },
    handle: (caller, { nodes }, from) => {
      introduce(caller, nodes, from)
      return [...nodes.list()]
    },
  }),
  'nodes.add': method({
    summary: 'Name a node; the answer is the list as it is now',
    params: NodeRecord,
    result: NodeList,
    http: 'POST /nodes/',
    errors: ['ADDRESS_REFUSED'],
    example: { params: there, result: [there] },
    handle: async (record, { nodes }, from) => {
      refuse(await nodes.add(record, from))
      return [...nodes.list()]
    },
  }),
  'nodes.remove': method({
    summary: 'Forget a node; the answer is the list as it is now',
    params: NodeRecord,
    result: NodeList,
    http: 'DELETE /nodes/',
    scope: 'admin',
    example: { params: { ip_address: '127.0.0.1', port: 50001 }, result: [there] },
    handle: async (record, { nodes }) => {
      await nodes.remove(record)
      return [...nodes.list()]
    },
  }),
  'nodes.get': method({
    summary: 'One known node, by its place in the list or at random',
    params: T.Object(
      {
        nid: T.Union([
          T.Integer({ minimum: 0, description: 'a place in the list, counted from 0' }),
          T.Literal('random', { description: '"random"' }),
        ]),
      },
      { additionalProperties: false },
    ),
    result: NodeRecord,
    http: 'GET /nodes/{nid}/',
    errors: ['NODE_NOT_FOUND'],
    changesWith: ['nodes.changed'],
    example: { params: { nid: 0 }, result: there },
    handle: ({ nid }, { nodes }) => {
      const list = nodes.list()
      const index = nid === 'random' ? Math.floor(nodes.random() * list.length) : nid
      return (
        list[index] ??
        fail('NODE_NOT_FOUND', `${list.length} nodes are known`, { nid, known_nodes: list.length })
      )
    },
  }),
}

function introduce(caller: OptionalNode, port: NodesPort, from: Caller): void {
  const { ip_address, port: tcpPort } = caller
  if (ip_address === undefined || tcpPort === undefined) return
  refuse(port.introduce({ ip_address, port: tcpPort }, from))
}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) fail('ADDRESS_REFUSED', reason)
}
