import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Module } from '../../src/bus/index.js'
import { afterThisTest } from '../support/cleanup.js'
import { startChainNode } from '../support/chain-node.js'
import { waitFor } from '../support/wait-for.js'

type Run = (module: typeof Module, console: { log: (value: unknown) => void }) => Promise<void>

/** The first TypeScript of the page, as it stands there, but for the address and the import. */
function exampleOf(manager: string): Run {
  const page = readFileSync(new URL('../../docs/bus.md', import.meta.url), 'utf8')
  const [, example = ''] = /```ts\nimport \{ Module \} from 'terrarium\/bus'\n(.*?)```/s.exec(page) ?? []
  const code = example.replace('ws://127.0.0.1:50000', manager)
  expect(code).toContain(manager)
  // The page is ours: nothing from outside is run here.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  return new Function('Module', 'console', `return (async () => {${code}})()`) as Run
}

test('the example of docs/bus.md runs as it is written', async () => {
  const { node, mine } = await startChainNode()
  const said: unknown[] = []
  class Stopped extends Module {
    constructor(...args: ConstructorParameters<typeof Module>) {
      super(...args)
      afterThisTest(() => this.stop())
    }
  }
  const running = exampleOf(node.url.replace('http', 'ws'))(Stopped, { log: (value) => said.push(value) })
  running.catch((error: unknown) => said.push(error))
  await waitFor('the nodes and the blockchain', () => said.length === 2)
  await mine(1)
  await waitFor('the change', () => said.length >= 3)
  expect(said[0]).toEqual([])
  expect(said[1]).toMatchObject({ name: expect.any(String) as unknown })
  expect(said.at(-1)).toMatchObject({ height: 0 })
})
