import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { temporaryFolder } from '../support/cleanup.js'
import { terrarium } from '../support/terrarium.js'
import { nodeFolder } from './branches.js'
import { LiveNode } from './live-node.js'

jest.setTimeout(120_000)

test('FORK-10: a block that was put aside stays so over kill -9, reindex and the loss of the index', async () => {
  const folder = await nodeFolder(join(await temporaryFolder(), 'node'))
  let node = await LiveNode.start(folder)
  await node.send('POST', '/mining/', { count: 5 })
  const { hash } = (await node.get('/blocks/3/header/')) as { hash: string }
  const { height: top } = await node.status()
  await node.send('POST', '/chain/invalidate/', { hash })
  expect((await node.status()).height).toBe(2)
  await node.killHard()

  expect(await terrarium(['chain', 'reindex', '--dir', folder])).toMatchObject({
    code: 0,
    stdout: 'rebuilt the index of 3 blocks\n',
  })
  node = await LiveNode.start(folder)
  expect((await node.status()).height).toBe(2)
  await node.killHard()

  await rm(join(folder, 'index'), { recursive: true })
  node = await LiveNode.start(folder)
  expect((await node.status()).height).toBe(2)
  await node.send('POST', '/chain/reconsider/', { hash })
  expect((await node.status()).height).toBe(top)
  await node.killHard()
  expect((await terrarium(['chain', 'reindex', '--dir', folder])).stdout).toBe(
    `rebuilt the index of ${top + 1} blocks\n`,
  )
})
