import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { GroupWrites } from '../../src/store/group-writes.js'

/** Writes that end when the test says so. */
function heldWrites() {
  const under: { readonly changes: readonly string[]; end(error?: Error): void }[] = []
  const writes = new GroupWrites<string>(
    (changes) =>
      new Promise((resolve, reject) => {
        under.push({ changes, end: (error) => (error ? reject(error) : resolve()) })
      }),
  )
  return { under, writes }
}

test('what comes in one turn is written together, and what comes meanwhile together after it', async () => {
  const { under, writes } = heldWrites()
  const first = [writes.add('a'), writes.add('b', 'c')]
  await turn()
  await turn()
  const later = [writes.add('d')]
  await turn()
  later.push(writes.add('e'))
  await turn()
  expect(under.map(({ changes }) => changes)).toEqual([['a', 'b', 'c']])
  under[0]?.end()
  await Promise.all(first)
  await turn()
  expect(under.map(({ changes }) => changes)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ])
  under[1]?.end()
  await Promise.all(later)
})

test('all whose write fails are told, and the next is written all the same', async () => {
  const { under, writes } = heldWrites()
  const failed = [writes.add('a'), writes.add('b')].map((each) => expect(each).rejects.toThrow('full'))
  await turn()
  await turn()
  const next = writes.add('c')
  under[0]?.end(new Error('full'))
  await Promise.all(failed)
  await turn()
  under[1]?.end()
  await next
  await writes.idle()
})

test('it is idle when all that was added is written', async () => {
  const { under, writes } = heldWrites()
  let isIdle = false
  const first = writes.add('a')
  await turn()
  await turn()
  const second = writes.add('b')
  const idle = writes.idle().then(() => (isIdle = true))
  under[0]?.end()
  await first
  await turn()
  expect(isIdle).toBe(false)
  under[1]?.end()
  await second
  await idle
  expect(isIdle).toBe(true)
})
