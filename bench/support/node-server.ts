import { setTimeout as delay } from 'node:timers/promises'
import type { NodeRecord } from '../../src/api/schemas/node.js'
import { benchNode } from './bench-node.js'
import { inputOfChild, serveParent } from './child.js'

/** A whole node that knows some others, which need not exist: they are named after its only check of them. */
const { dir, known } = inputOfChild() as { dir: string; known: readonly NodeRecord[] }
const node = await benchNode('dns', dir)
while (node.finder.rounds === 0) await delay(50)
for (const record of known) await node.context.nodes.add(record, {})
serveParent(node.url, () => node.stop())
