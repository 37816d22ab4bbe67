import { afterEach, expect, jest, test } from '@jest/globals'
import { CallSlots } from '../../../src/contract/peer/call-slots.js'

const LIMITS = { callsAtOnce: 1, waitingCalls: 10, waitingBytes: 100, timeoutMs: 1000 }

afterEach(() => void jest.useRealTimers())

test('calls of one contract run in their order, those of another at the same time', async () => {
  const slots = new CallSlots(LIMITS)
  const order: string[] = []
  const first = await slots.take('a', 1)
  const waiting = ['second', 'third'].map((name) =>
    slots.take('a', 1).then((giveBack) => {
      order.push(name)
      giveBack()
    }),
  )
  const other = await slots.take('b', 1)
  other()
  expect(order).toEqual([])
  first()
  await Promise.all(waiting)
  expect(order).toEqual(['second', 'third'])
  ;(await slots.take('a', 1))()
})

test('the calls that wait may hold only so many bytes', async () => {
  const slots = new CallSlots(LIMITS)
  const first = await slots.take('a', 1000)
  const second = slots.take('a', 60)
  await expect(slots.take('a', 41)).rejects.toMatchObject({ fault: 'busy' })
  const third = slots.take('a', 40)
  first()
  ;(await second)()
  ;(await third)()
})

test('a call that has waited too long is refused, and its place is free', async () => {
  jest.useFakeTimers()
  const slots = new CallSlots({ ...LIMITS, waitingCalls: 1 })
  const first = await slots.take('a', 1)
  const late = slots.take('a', 1)
  const refused = expect(late).rejects.toMatchObject({ fault: 'busy' })
  jest.advanceTimersByTime(1000)
  await refused
  const next = slots.take('a', 1)
  first()
  ;(await next)()
})
