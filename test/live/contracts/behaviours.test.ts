import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ContractNode } from './contract-node.js'
import { ContractProcess } from './contract-process.js'
import { FABRIC } from './runner.js'

let node: ContractNode
let contract: ContractProcess

beforeAll(async () => {
  node = await ContractNode.open()
  node.deploy('probe')
  contract = ContractProcess.dialling(FABRIC, 'probe:1.0', node.address)
  await node.live.waitFor('probe:1.0', 20_000)
})

afterAll(async () => {
  await contract.kill()
  await node.close()
})

test('put and get', async () => {
  await node.submit('probe', 'put', 'k', 'v')
  expect(await node.evaluate('probe', 'get', 'k')).toBe('v')
})
