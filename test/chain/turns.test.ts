import { expect, test } from '@jest/globals'
import { Turns } from '../../src/chain/turns.js'

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

test('nobody else has a turn while a job is under way or waits for one, but for the time in which it pauses', async () => {
  const turns = new Turns()
  expect(turns.isFree).toBe(true)
  const { opened, open } = gate()
  const seen: boolean[] = []
  const first = turns.take(async () => {
    seen.push(turns.isFree)
    await turns.pause(() => opened)
    seen.push(turns.isFree)
  })
  const second = turns.take(() => seen.push(turns.isFree))
  expect(turns.isFree).toBe(false)
  await Promise.resolve()
  expect(turns.isFree).toBe(true)
  open()
  await Promise.all([first, second])
  expect(seen).toEqual([false, false, false])
  expect(turns.isFree).toBe(true)
})

test('a job that fails, or whose pause does, leaves the turns free', async () => {
  const turns = new Turns()
  const failing = turns.take(() => turns.pause(() => Promise.reject(new Error('no disk'))))
  await expect(failing).rejects.toThrow('no disk')
  await expect(turns.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(turns.isFree).toBe(true)
  expect(await turns.take(() => 'next')).toBe('next')
})
