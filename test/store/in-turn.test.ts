import { expect, test } from '@jest/globals'
import { inTurn } from '../../src/store/in-turn.js'

/** A job that ends when told to. */
function openJob(log: string[], name: string) {
  const control = { end: (): void => undefined, fail: (): void => undefined }
  const ended = new Promise<void>((resolve, reject) => {
    control.end = resolve
    control.fail = () => reject(new Error(name))
  })
  const job = () => {
    log.push(`${name} begins`)
    return ended.finally(() => log.push(`${name} ends`))
  }
  return { ...control, job }
}

const settle = () => new Promise(setImmediate)

test('jobs on one folder run one after the other in the order asked for, also after one that failed', async () => {
  const log: string[] = []
  const [a, b] = [openJob(log, 'a'), openJob(log, 'b')]
  const first = inTurn('/x', a.job)
  const second = inTurn('/x/y/..', b.job)
  await settle()
  expect(log).toEqual(['a begins'])
  a.fail()
  await expect(first).rejects.toThrow('a')
  await settle()
  b.end()
  await second
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

test('jobs on different folders do not wait for each other', async () => {
  const log: string[] = []
  const a = openJob(log, 'a')
  const first = inTurn('/x', a.job)
  await inTurn('/y', () => Promise.resolve(log.push('other')))
  expect(log).toEqual(['a begins', 'other'])
  a.end()
  await first
})

test('the answer of a job, or its error, goes to who asked for it', async () => {
  expect(await inTurn('/x', () => Promise.resolve(7))).toBe(7)
  await expect(inTurn('/x', () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
})
