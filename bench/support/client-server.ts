import { benchNode } from './bench-node.js'
import { inputOfChild, serveParent } from './child.js'

/** A whole node on a data folder that is there already. */
const { dir } = inputOfChild() as { dir: string }
const node = await benchNode('client', dir)
serveParent(node.url, () => node.stop())
