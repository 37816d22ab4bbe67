import { benchNode } from './bench-node.js'
import { inputOfChild, serveParent } from './child.js'

/** A whole node on a data folder that is there already. */
const { dir, flags } = inputOfChild() as { dir: string; flags?: readonly string[] }
const node = await benchNode('client', dir, flags)
serveParent(node.url, () => node.stop())
