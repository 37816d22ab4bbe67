import { expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child, childProgram } from '../store/child-program.js'
import { temporaryFolder } from '../store/temporary-folder.js'
import { TestChain } from '../p2p/kit/test-chain.js'
import { openStore, raw, regtest } from '../p2p/headers/kit.js'

const STEPS = 400
const KILLS = 10

/** Every step leaves the chain two blocks below its tip and adds five: a reorg each time. */
function zigzag(): { chains: TestChain[]; bytes: Uint8Array } {
  const chains = [TestChain.mine(regtest, 5)]
  for (let step = 1; step < STEPS; step++) {
    const last = chains[step - 1] as TestChain
    chains.push(last.fork(last.height - 2, 5, { salt: step }))
  }
  return { chains, bytes: Buffer.concat(chains.map((chain) => raw(chain, chain.height - 4))) }
}

test.each(['batch', 'always'])(
  'P2P-22 kill -9 in the middle of reorgs costs nothing that was acknowledged (fsync %s)',
  async (fsync) => {
    const program = childProgram('endless-connector', 'test/p2p/headers/fixtures')
    const folder = temporaryFolder()
    const [path, steps] = [join(folder, 'headers'), join(folder, 'steps')]
    const { chains, bytes } = zigzag()
    writeFileSync(steps, bytes)
    let next = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const child = Child.run(program, path, steps, String(next), fsync)
      await child.line(1 + Math.floor(Math.random() * 10))
      await sleep(Math.random() * 5)
      await child.kill()
      const acknowledged = Number(child.lines.at(-1))
      const store = await openStore({ path })
      for (const chain of chains.slice(0, acknowledged + 1))
        for (let i = 0; i < 5; i++) expect(store.contains(chain.hash(chain.height - i))).toBe(true)
      expect(store.height).toBeGreaterThanOrEqual(chains[acknowledged]?.height ?? Infinity)
      await store.close()
      expect(acknowledged).toBeGreaterThanOrEqual(next)
      next = acknowledged + 1
    }
  },
)
