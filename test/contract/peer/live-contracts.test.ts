import { expect, test } from '@jest/globals'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import { ScriptedContract } from './support/scripted-contract.js'

function contracts(): { live: LiveContracts; seen: unknown[] } {
  const live = new LiveContracts({ sharedIds: false, now: () => 5 })
  const seen: unknown[] = []
  live.on('connected', (...args) => seen.push(['connected', ...args]))
  live.on('gone', (...args) => seen.push(['gone', ...args]))
  live.on('refused', (...args) => seen.push(['refused', ...args]))
  return { live, seen }
}

test('who comes, who goes and who is refused is told', () => {
  const { live, seen } = contracts()
  const first = ScriptedContract.registered(live, 'a')
  new ScriptedContract(live).register('a')
  new ScriptedContract(live).vanish()
  first.vanish()
  first.vanish()
  expect(seen).toEqual([
    ['connected', 'a', 'in memory'],
    ['refused', 'in memory', 'duplicate chaincodeID: a'],
    ['refused', 'in memory', 'gone'],
    ['gone', 'a', 'in memory', 'gone'],
  ])
})

test('a contract may be called as soon as it is told of', () => {
  const { live } = contracts()
  let found: unknown
  live.on('connected', (id) => (found = live.find([id])))
  const contract = new ScriptedContract(live)
  contract.register('a')
  expect(found).toBe(contract.stream)
})

test('the first id that has a process counts', () => {
  const { live } = contracts()
  const [a, b] = [ScriptedContract.registered(live, 'a'), ScriptedContract.registered(live, 'b')]
  expect(live.find(['x', 'b', 'a'])).toBe(b.stream)
  expect(live.find(['a'])).toBe(a.stream)
  expect(live.find(['x'])).toBeUndefined()
})

test('one can wait for a contract', async () => {
  const { live } = contracts()
  const waiting = live.waitFor('b', 10_000)
  ScriptedContract.registered(live, 'a')
  const contract = ScriptedContract.registered(live, 'b')
  expect(await waiting).toBe(contract.stream)
  expect(await live.waitFor('b', 10_000)).toBe(contract.stream)
  expect(live.listenerCount('connected')).toBe(1)
})

test('waiting for a contract that does not come ends', async () => {
  const { live } = contracts()
  await expect(live.waitFor('a', 10)).rejects.toMatchObject({ fault: 'not-connected' })
  expect(live.listenerCount('connected')).toBe(1)
})

test('closing ends all streams', () => {
  const { live } = contracts()
  const both = [ScriptedContract.registered(live, 'a'), ScriptedContract.registered(live, 'b')]
  live.close()
  expect(both.map(({ ended }) => ended)).toEqual([{ refusal: undefined }, { refusal: undefined }])
  expect(live.list()).toEqual([])
})
