/** A node of regtest that serves a chain. */
import { bsv } from '../../src/p2p/networks/bsv.js'
import { FakeNode } from '../../test/p2p/kit/fake-node.js'
import { inputOfChild, serveParent } from './child.js'
import { type ChainInput, p2pChain } from './p2p-chain.js'

const chain = p2pChain(inputOfChild() as ChainInput)
const node = await FakeNode.start({ network: bsv.regtest, chain })
serveParent(`127.0.0.1:${node.port}`, () => node.close())
