import { expect, test } from '@jest/globals'
import type { BlockchainInfo } from '../../../src/api/schemas/info.js'
import { chooseChain, foundChain } from '../../../src/app/network/found-chain.js'
import { NodeClients } from '../../../src/app/network/node-clients.js'
import { DEFAULTS } from '../../../src/app/settings/defaults.js'
import { afterThisTest } from '../../support/cleanup.js'
import { startClient, startDns } from '../../support/test-node.js'

const unfounded = DEFAULTS.blockchain
const chain = (name: string, height = -1): BlockchainInfo => ({ ...unfounded, name, height })

test('nodes that know of no chain get a new one, at the pace asked for', () => {
  expect(chooseChain(unfounded, [unfounded], 7)).toEqual({
    info: { ...unfounded, ...DEFAULTS.network.chain, block_time: 7 },
    isNew: true,
  })
})

test.each([
  ['the seed server knows one', chain('a'), [unfounded], 'a'],
  [
    'there are blocks, even of the chain a node has by default',
    unfounded,
    [chain(unfounded.name, 3)],
    unfounded.name,
  ],
  ['the seed server forgot it', unfounded, [chain('a', 3), chain('a', 2)], 'a'],
  ['it is the higher one of several', unfounded, [chain('a', 2), chain('b', 3)], 'b'],
  ['it is the one of several that the seed server knows', chain('a'), [chain('a', 2), chain('b', 3)], 'a'],
])('a chain goes on where %s', (_, seed, clients, name) => {
  expect(chooseChain(seed, clients)).toEqual({ info: chain(name), isNew: false })
})

test('a founded chain is the seed server’s, and its clients’ from their next round on; another pace is refused later', async () => {
  const seed = await startDns()
  const client = await startClient(seed)
  const calls = new NodeClients({ timeoutMs: 5000 })
  afterThisTest(() => calls.close())
  const [first, second] = [seed, client].map(({ record }, index) => ({ name: String(index), record }))
  if (!first || !second) throw new Error('there are two')
  const settings = { blockTime: 3, directory: 'x' }
  const founding = await foundChain(first, [second], settings, calls)
  expect(founding.info).toMatchObject({ name: 'terrarium', block_time: 3 })
  await client.finder.round()
  expect(client.context.health().chain_id).toBe(founding.chainId)
  expect(await foundChain(first, [second], settings, calls)).toEqual({ ...founding, isNew: false })
  await expect(foundChain(first, [second], { ...settings, blockTime: 4 }, calls)).rejects.toThrow(
    '--block-time 4 is for a new chain; the one in x has a block time of 3 s',
  )
})
