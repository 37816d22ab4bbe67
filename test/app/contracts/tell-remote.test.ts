import { EventEmitter } from 'node:events'
import { beforeEach, expect, test } from '@jest/globals'
import { NodeEvents } from '../../../src/app/node-events.js'
import { RemoteTeller } from '../../../src/app/contracts/tell-remote.js'
import type { RegistryEventMap } from '../../../src/contract/remote/registry.js'
import type { RemoteContract } from '../../../src/contract/remote/remote-contract.js'

let told: unknown[]
let timers: (() => void)[]
let teller: RemoteTeller

beforeEach(() => {
  told = []
  timers = []
  const events = new NodeEvents()
  for (const topic of ['changed', 'backlog', 'streams', 'ended', 'dead_letter'] as const)
    events.on(`remote.${topic}`, (payload: { contract_id: string }) =>
      told.push([topic, payload.contract_id]),
    )
  teller = new RemoteTeller(events, {
    now: () => 0,
    after: (_ms, action) => {
      timers.push(action)
      return () => void timers.splice(timers.indexOf(action), 1)
    },
  })
})

const pass = (): void => {
  for (const action of timers.splice(0)) action()
}

test('changes of a backlog are told at once, and then once a pause where there were more', () => {
  for (let i = 0; i < 100; i++) teller.changed('a')
  teller.changed('b')
  expect(told).toEqual([
    ['backlog', 'a'],
    ['backlog', 'b'],
  ])
  pass()
  expect(told.slice(2)).toEqual([['backlog', 'a']])
  pass()
  pass()
  expect([told.length, timers.length]).toEqual([3, 0])
  teller.changed('a')
  expect(told).toHaveLength(4)
})

test('every end is told, and a dead letter besides', () => {
  const end = { id: 'a:t', contractId: 'a', outputTxnId: null }
  teller.ended({ ...end, state: 'committed' })
  teller.ended({ ...end, state: 'dead' })
  expect(told).toEqual([
    ['ended', 'a'],
    ['ended', 'a'],
    ['dead_letter', 'a'],
  ])
})

test('contracts, streams and records that come are followed until it is closed', () => {
  const events = new EventEmitter<RegistryEventMap>()
  const contract = { id: 'a', txnType: 'orders' } as RemoteContract
  let count = 1
  let onTip = (): void => undefined
  let onStream = (_contractId: string): void => undefined
  const ended: string[] = []
  teller.follow(
    { events, all: () => [contract] },
    { onChange: (listener) => ((onStream = listener), () => ended.push('streams')) },
    { count: () => count, onTip: (listener) => ((onTip = listener), () => ended.push('tips')) },
  )
  events.emit('changed', contract)
  events.emit('deleted', 'a')
  onStream('a')
  onTip()
  onTip()
  count = 2
  onTip()
  expect(told).toEqual([
    ['changed', 'a'],
    ['changed', 'a'],
    ['streams', 'a'],
    ['backlog', 'a'],
  ])
  pass()
  expect(told.slice(4)).toEqual([['backlog', 'a']])
  teller.close()
  expect([ended, timers.length, events.listenerCount('changed')]).toEqual([['streams', 'tips'], 0, 0])
})
