import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createFileAtomic,
  removeTemporaries,
  writeFileAtomic,
  writeFilesAtomic,
} from '../../src/store/atomic-write.js'
import { Child, childProgram } from './child-program.js'
import { temporaryFolder } from './temporary-folder.js'

const read = (path: string) => readFileSync(path, 'utf8')

describe('an atomic write', () => {
  test('makes the file and replaces it, text or bytes, and leaves nothing else behind', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'a.json')
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 5000 })),
        async (data) => {
          await writeFileAtomic(path, data)
          expect(readFileSync(path).equals(Buffer.from(data as Uint8Array))).toBe(true)
          expect(readdirSync(folder)).toEqual(['a.json'])
        },
      ),
      { numRuns: 50 },
    )
  })

  test('gives the file the mode that was asked for, whatever the old one had', async () => {
    const path = join(temporaryFolder(), 'a')
    await writeFileAtomic(path, '1')
    chmodSync(path, 0o644)
    await writeFileAtomic(path, '2', { mode: 0o600 })
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('writes to one path at the same time take place in the order asked for', async () => {
    const path = join(temporaryFolder(), 'a')
    const texts = Array.from({ length: 40 }, (_, i) => String(i).repeat(1 + ((i * 7919) % 30_000)))
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)))
    expect(read(path)).toBe(texts.at(-1))
    expect(readdirSync(join(path, '..'))).toEqual(['a'])
  })

  test('a reader at any moment of many writes sees one whole content', async () => {
    const path = join(temporaryFolder(), 'a')
    const content = (i: number) => String(i % 10).repeat(50_000)
    await writeFileAtomic(path, content(0))
    let written = 0
    const writes = Array.from({ length: 60 }, async (_, i) => {
      await writeFileAtomic(path, content(i))
      written += 1
    })
    let reads = 0
    while (written < writes.length) {
      const text = read(path)
      expect(text).toBe(content(Number(text[0])))
      reads += 1
      await new Promise(setImmediate)
    }
    await Promise.all(writes)
    expect(reads).toBeGreaterThan(10)
  })

  test('a failed write does not stop the ones after it', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'a')
    mkdirSync(path)
    const first = writeFileAtomic(path, '1')
    const second = writeFileAtomic(join(folder, 'b'), '2')
    await expect(first).rejects.toThrow(`cannot write ${path}: `)
    await second
    expect(readdirSync(folder)).toEqual(['a', 'b'])
  })

  test('into a missing folder fails with an error that names the path', async () => {
    const path = join(temporaryFolder(), 'none', 'a.json')
    await expect(writeFileAtomic(path, '')).rejects.toThrow(new RegExp(`^cannot write ${path}: .*ENOENT`))
  })

  test('a group appears in the order given; a failure leaves the first few and no temporaries', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'c'))
    const group = ['a', 'b', 'c', 'd'].map((name) => ({ name, data: name }))
    await expect(writeFilesAtomic(folder, group)).rejects.toThrow(`cannot write ${join(folder, 'c')}: `)
    expect(readdirSync(folder)).toEqual(['a', 'b', 'c'])
  })

  test('of a name twice in a group the last content stays', async () => {
    const folder = temporaryFolder()
    await writeFilesAtomic(folder, [
      { name: 'a', data: '1' },
      { name: 'a', data: '2' },
    ])
    expect(read(join(folder, 'a'))).toBe('2')
  })

  test('an empty group changes nothing', async () => {
    const folder = temporaryFolder()
    await writeFilesAtomic(folder, [])
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('durability', () => {
  /** For each sync to the disk that `work` asks for: the names under which its files stood at that moment. */
  async function syncsDuring(folder: string, work: () => Promise<void>): Promise<string[][]> {
    const handle = await open(folder, 'r')
    const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> }
    await handle.close()
    const original = prototype.sync
    const seen: string[][] = []
    prototype.sync = function (this: unknown) {
      seen.push(readdirSync(folder).filter((name) => !name.includes('.tmp-')))
      return original.call(this)
    }
    await work().finally(() => (prototype.sync = original))
    return seen
  }

  test('a write syncs the file before it has its name and the folder after', async () => {
    const folder = temporaryFolder()
    expect(await syncsDuring(folder, () => writeFileAtomic(join(folder, 'a'), 'x'))).toEqual([[], ['a']])
  })

  test('a group syncs each file before any has its name and the folder once after all have', async () => {
    const folder = temporaryFolder()
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const group = names.map((name) => ({ name, data: name }))
    const syncs = await syncsDuring(folder, () => writeFilesAtomic(folder, group))
    expect(syncs).toEqual([...names.map(() => []), names])
  })
})

describe('a disk that takes no more (a limit on the size of files stands for it)', () => {
  let program = ''
  beforeAll(() => {
    program = childProgram('full-disk')
  })

  test('the old content stays whole, the error names the path, and no temporary is left', async () => {
    const folder = temporaryFolder()
    for (const name of ['one.json', 'a', 'b', 'c', 'small.json']) writeFileSync(join(folder, name), 'old')
    const command = `ulimit -f 16 && exec "$0" "$@"`
    const child = new Child('bash', ['-c', command, process.execPath, program, folder])
    expect(await child.end()).toBe(0)
    const [one = '', group = '', small = ''] = child.lines
    expect(one).toMatch(`cannot write ${join(folder, 'one.json')}: EFBIG`)
    expect(group).toMatch(`cannot write ${join(folder, 'c')}: EFBIG`)
    expect(small).toBe('written')
    const contents = readdirSync(folder).map((name) => [name, read(join(folder, name))])
    expect(Object.fromEntries(contents)).toEqual({
      'one.json': 'old',
      a: 'old',
      b: 'old',
      c: 'old',
      'small.json': 'new',
    })
  })
})

describe('temporaries', () => {
  test('are deleted, and only they', async () => {
    const folder = temporaryFolder()
    const names = ['a.json', '.a.json.tmp-1-1', '.b.tmp-99-3', '.hidden', 'c.tmp-1-1']
    for (const name of names) writeFileSync(join(folder, name), '')
    await removeTemporaries(folder)
    expect(readdirSync(folder).sort()).toEqual(['.hidden', 'a.json', 'c.tmp-1-1'])
  })

  test('of a folder that does not exist there are none', async () => {
    const folder = temporaryFolder()
    rmSync(folder, { recursive: true })
    await removeTemporaries(folder)
    expect(existsSync(folder)).toBe(false)
  })

  test('of a file in the place of the folder there are none to tell: the error names it', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await expect(removeTemporaries(file)).rejects.toThrow(`cannot read the folder ${file}: `)
  })

  test('of this process are not taken from under a write', async () => {
    const folder = temporaryFolder()
    const writes = Array.from({ length: 20 }, (_, i) => [
      writeFileAtomic(join(folder, String(i)), 'x'.repeat(10_000)),
      removeTemporaries(folder),
    ])
    await Promise.all(writes.flat())
    expect(readdirSync(folder)).toHaveLength(20)
  })
})

describe('making a file', () => {
  test('of many that make one file at once, one succeeds, and its content stays', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'a')
    const texts = Array.from({ length: 20 }, (_, i) => String(i))
    const results = await Promise.allSettled(
      texts.map((text) => createFileAtomic(path, text, { mode: 0o600 })),
    )
    const made = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [texts[i]] : []))
    expect(made).toEqual([read(path)])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('replaces neither a file, nor a folder, nor a link that leads nowhere', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'old')
    mkdirSync(join(folder, 'folder'))
    symlinkSync('/nowhere', join(folder, 'link'))
    for (const name of ['file', 'folder', 'link'])
      await expect(createFileAtomic(join(folder, name), 'new')).rejects.toThrow(join(folder, name))
    expect(read(join(folder, 'file'))).toBe('old')
    expect(readdirSync(folder).sort()).toEqual(['file', 'folder', 'link'])
  })
})
