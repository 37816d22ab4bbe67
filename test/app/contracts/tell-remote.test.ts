import { EventEmitter } from 'node:events'
import { beforeEach, expect, test } from '@jest/globals'
import { NodeEvents } from '../../../src/app/node-events.js'
import { RareWarnings } from '../../../src/app/contracts/rare-warnings.js'
import { RemoteTeller } from '../../../src/app/contracts/tell-remote.js'
import type { RegistryEventMap } from '../../../src/contract/remote/registry.js'
import type { RemoteContract } from '../../../src/contract/remote/remote-contract.js'

let told: unknown[]
let warned: unknown[]
let timers: (() => void)[]
let teller: RemoteTeller

beforeEach(() => {
  told = []
  warned = []
  timers = []
  const events = new NodeEvents()
  for (const topic of ['changed', 'backlog', 'streams', 'ended', 'dead_letter'] as const)
    events.on(`remote.${topic}`, (payload: { contract_id: string }) =>
      told.push([topic, payload.contract_id]),
    )
  const clock = {
    now: () => 0,
    after: (_ms: number, action: () => void) => {
      timers.push(action)
      return () => void timers.splice(timers.indexOf(action), 1)
    },
  }
  const log = { warn: (fields: unknown) => warned.push(fields) }
  teller = new RemoteTeller(events, clock, new RareWarnings(log as never, clock.now))
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

test('every end is told, and a dead letter besides; of those the log tells one a minute', () => {
  const end = { id: 'a:t', contractId: 'a', outputTxnId: null, error: null }
  teller.ended({ ...end, state: 'committed' })
  teller.ended({ ...end, state: 'dead', error: 'no such sheep' })
  expect(warned).toEqual([{ contract_id: 'a', invocation_id: 'a:t', error: 'no such sheep' }])
  expect(told).toEqual([
    ['ended', 'a'],
    ['ended', 'a'],
    ['dead_letter', 'a'],
  ])
  teller.ended({ ...end, state: 'dead' })
  expect(warned).toHaveLength(1)
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
