import * as fs from 'node:fs'
import { expect, jest, test } from '@jest/globals'
import { DiskError } from '../../src/base/disk-error.js'

/** What the descriptor takes of each write: bytes, or an error's code. Empty: all of it. */
const answers: (number | string)[] = []
let written = ''

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  writeSync: (_: number, bytes: Uint8Array) => {
    const answer = answers.shift() ?? bytes.length
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer })
    written += Buffer.from(bytes.subarray(0, answer)).toString()
    return answer
  },
}))
const { LogLines } = await import('../../src/app/log-lines.js')
const { DiskLines } = await import('../../src/app/disk-lines.js')

test('a line is written whole, however little a pipe takes at a time', () => {
  written = ''
  answers.push(2, 'EAGAIN', 1)
  new LogLines(1).write('first\n')
  expect(written).toBe('first\n')
})

test('what a full disk does not take is lost, and the lines after it begin at their beginning', () => {
  written = ''
  const lines = new LogLines(1)
  answers.push(3, 'ENOSPC', 'ENOSPC')
  for (const line of ['first\n', 'second\n', 'third\n', 'fourth\n']) lines.write(line)
  expect(written).toBe('fir\nthird\nfourth\n')
})

test('that the disk takes no writes is said once a minute, and everything else always', () => {
  let nowMs = 0
  const lines = new DiskLines(() => nowMs)
  const disk = { err: new Error('mining failed', { cause: new DiskError('full') }) }
  expect([disk, disk, { err: new Error('other') }, 'text', null].map((each) => lines.allows(each))).toEqual([
    true,
    false,
    true,
    true,
    true,
  ])
  nowMs = 60_000
  expect([lines.allows(disk), lines.allows(disk)]).toEqual([true, false])
})
