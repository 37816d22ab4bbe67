import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toDisplay } from '../../../src/p2p/hash.js'
import { HeadersStore } from '../../../src/p2p/headers/headers-store.js'
import { genesisOf, mineHeaders, type MinedHeader } from '../kit/mine-headers.js'
import { display, regtest } from './kit.js'
import { MemoryDisk } from './memory-disk.js'

interface Node {
  readonly mined: MinedHeader
  readonly parent: number
  readonly height: number
}

/** Headers of which each has one of the few before it as parent. */
function treeOf(offsets: readonly number[]): Node[] {
  const nodes: Node[] = [{ mined: genesisOf(regtest), parent: -1, height: 0 }]
  for (const [i, offset] of offsets.entries()) {
    const parent = Math.max(0, i - offset)
    const node = nodes[parent] as Node
    const [mined] = mineHeaders(regtest, node.mined, node.height, 1, { salt: i + 1 })
    nodes.push({ mined: mined as MinedHeader, parent, height: node.height + 1 })
  }
  return nodes
}

/** What a store should say, in the plainest way. */
class Model {
  readonly known = new Set([0])
  tip = 0

  constructor(readonly nodes: readonly Node[]) {}

  connect(path: readonly number[]) {
    const before = this.tip
    let [added, duplicates] = [0, 0]
    for (const index of path) {
      const { parent, height } = this.nodes[index] as Node
      if (this.known.has(index)) duplicates++
      else if (!this.known.has(parent)) break
      else {
        this.known.add(index)
        added++
        if (height > (this.nodes[this.tip] as Node).height) this.tip = index
      }
    }
    const isRefused = added + duplicates < path.length
    const [old, fresh] = [this.chain(before), this.chain(this.tip)]
    const left = old.filter((index) => !fresh.includes(index))
    const reorg = left.length > 0 && {
      commonHeight: old.length - left.length - 1,
      disconnected: this.ids(left).reverse(),
      connected: this.ids(fresh.filter((index) => !old.includes(index))),
    }
    return { added, duplicates, isRefused, reorg, tip: this.ids([this.tip])[0] }
  }

  /** From the genesis block. */
  chain(tip: number): number[] {
    return tip < 0 ? [] : [...this.chain((this.nodes[tip] as Node).parent), tip]
  }

  ids(indexes: readonly number[]): string[] {
    return indexes.map((index) => toDisplay((this.nodes[index] as Node).mined.hash))
  }
}

const life = fc.record({
  offsets: fc.array(fc.nat({ max: 6 }), { minLength: 10, maxLength: 40 }),
  messages: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 })), { minLength: 5, maxLength: 40 }),
})

test('P2P-21 whatever comes in whatever order, the store says what a plain tree says, and so it does after a reload', async () => {
  let reorgs = 0
  await fc.assert(
    fc.asyncProperty(life, async ({ offsets, messages }) => {
      const nodes = treeOf(offsets)
      const model = new Model(nodes)
      const disk = new MemoryDisk()
      const open = () => HeadersStore.open({ network: regtest, path: 'headers', disk })
      const store = await open()
      for (const [end, length] of messages) {
        const path = model.chain(end % nodes.length).slice(-1 - length)
        const result = await store.connect(
          Buffer.concat(path.map((index) => (nodes[index] as Node).mined.header)),
        )
        const { added, duplicates, refused, reorg, tipAfter } = result
        if (reorg !== undefined) reorgs++
        expect({
          ...{ added, duplicates, isRefused: refused !== undefined, tip: tipAfter.id },
          reorg: reorg !== undefined && {
            commonHeight: reorg.commonHeight,
            disconnected: display(reorg.disconnected),
            connected: display(reorg.connected),
          },
        }).toEqual(model.connect(path))
      }
      await store.close()
      const reloaded = await open()
      expect(reloaded.tip.id).toBe(model.ids([model.tip])[0])
      for (const [index, node] of nodes.entries()) {
        expect(reloaded.contains(node.mined.hash)).toBe(model.known.has(index))
        if (model.known.has(index))
          expect(reloaded.chainWork(node.mined.hash)).toBe(2n * BigInt(node.height + 1))
      }
      await reloaded.close()
    }),
    { numRuns: 60 },
  )
  expect(reorgs).toBeGreaterThan(20)
})
