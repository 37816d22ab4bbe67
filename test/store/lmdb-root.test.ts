import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { Child, childProgram } from './child-program.js'
import { temporaryFolder } from './temporary-folder.js'

/** Bytes that every disk has left, unless a test says otherwise. */
let leftBytes: number | undefined

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  statfsSync: (path: string) => {
    const { blocks, bavail, bsize } = fs.statfsSync(path)
    return leftBytes === undefined
      ? { blocks, bavail, bsize }
      : { blocks, bavail: leftBytes / 4096, bsize: 4096 }
  },
}))
const { openRoot, written, writtenSync } = await import('../../src/store/lmdb-root.js')
const { PendingStore } = await import('../../src/store/index/pending-store.js')
const { PrivateValues } = await import('../../src/store/private-values.js')
const { BlockFiles } = await import('../../src/store/block-files.js')
const { ROOM_BYTES } = await import('../../src/store/room.js')
const { DiskError } = await import('../../src/base/disk-error.js')

async function whileNearlyFull<T>(work: () => Promise<T>): Promise<T> {
  leftBytes = ROOM_BYTES - 4096
  try {
    return await work()
  } finally {
    leftBytes = undefined
  }
}

test('DISK-1: a disk with too little room takes no blocks and no rows, and takes them again when there is room', async () => {
  const folder = temporaryFolder()
  const pending = PendingStore.open(join(folder, 'pending'))
  const values = PrivateValues.open({ folder: join(folder, 'private'), now: () => 1 })
  const files = await BlockFiles.open({
    folder: join(folder, 'blocks'),
    template: 'block',
    decode: (json) => json,
    onSetAside: () => undefined,
  })
  const value = { namespace: 'n', collection: 'c', key: 'k', value: Buffer.from('v') }
  const writes = [
    () => pending.put('a', { transaction: 'a', addedMs: 1 }),
    () => values.put([value]),
    () => files.write(0, { height: 0 }),
  ]
  for (const write of writes) {
    await whileNearlyFull(async () => {
      await expect(write()).rejects.toThrow(DiskError)
      await expect(write()).rejects.toThrow(/no more is written in .*: 8188 KB are left .* 8 MB must be/)
    })
  }
  expect([pending.all(), [...values.keys('n', 'c', '', '')], await files.list()]).toEqual([[], [], []])
  for (const write of writes) await write()
  expect(pending.all()).toHaveLength(1)
  expect([[...values.keys('n', 'c', '', '')], await files.list()]).toEqual([['k'], [0]])
  await Promise.all([pending.close(), values.close()])
})

test('what LMDB throws names the folder, and what is not its fault stays as it is', async () => {
  const folder = temporaryFolder()
  const root = openRoot(folder)
  const own = new RangeError('not the disk')
  await expect(written(root, () => Promise.reject(own))).rejects.toBe(own)
  const full = Object.assign(new Error('No space left on device'), { code: 28 })
  const hidden = Object.assign(new Error('Commit failed'), { commitError: Promise.reject(full) })
  const failed = expect(written(root, () => Promise.reject(hidden))).rejects
  await failed.toMatchObject({
    name: 'DiskError',
    message: `cannot write in ${folder}: No space left on device (make room on its disk)`,
    cause: full,
  })
  expect(() =>
    writtenSync(root, () => {
      throw full
    }),
  ).toThrow(DiskError)
  await root.close()
})

test('one write to an environment is under way at a time, also after one that failed', async () => {
  const root = openRoot(temporaryFolder())
  const begun: string[] = []
  let fail = (_error: Error): void => undefined
  const first = written(root, () => {
    begun.push('first')
    return new Promise((_resolve, reject) => (fail = reject))
  })
  const second = written(root, () => Promise.resolve(begun.push('second')))
  await new Promise(setImmediate)
  expect(begun).toEqual(['first'])
  fail(new Error('not the disk'))
  await expect(first).rejects.toThrow('not the disk')
  expect(await second).toBe(2)
  await root.close()
})

test('DISK-6: an environment that LMDB gives up after a failure takes no more writes, rather than let them wait for ever', async () => {
  const root = openRoot(temporaryFolder())
  const failed = Object.assign(new Error('Input/output error'), { code: 5 })
  const panic = jest.spyOn(root, 'useReadTransaction').mockImplementation(() => {
    throw Object.assign(new Error('MDB_PANIC'), { code: -30795 })
  })
  await expect(written(root, () => Promise.reject(failed))).rejects.toThrow(/Input.output error/)
  const write = jest.fn(() => Promise.resolve())
  await expect(written(root, write)).rejects.toThrow(/is closed: its disk failed; start the node again$/)
  expect(write).not.toHaveBeenCalled()
  panic.mockRestore()
  await root.close()
})

test('writes that the disk refuses end no process: each is told, and what was acknowledged is kept', async () => {
  const command = `ulimit -f 200 && exec "$0" "$@" 2>/dev/null`
  const program = childProgram('failing-writes')
  const child = new Child('bash', ['-c', command, process.execPath, program, join(temporaryFolder(), 'rows')])
  expect([await child.end(), child.lines]).toEqual([0, ['most were told', 'some were kept', '0 were lost']])
})
