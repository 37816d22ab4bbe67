import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AssertError, assert } from '../../src/base/errors.js'
import type { Json } from '../../src/base/json.js'
import { JsonFile } from '../../src/store/json-file.js'
import type { SetAside } from '../../src/store/set-aside.js'
import { temporaryFolder } from './temporary-folder.js'

/** A JSON file in a new folder whose values are arrays of numbers, with all it set aside. */
function numbersFile(name = 'numbers.json') {
  const folder = temporaryFolder()
  const path = join(folder, name)
  const events: SetAside[] = []
  const file = new JsonFile({ path, decode: numbers, onSetAside: (event) => events.push(event) })
  return { folder, path, events, file }
}

function numbers(json: Json): readonly number[] {
  if (!Array.isArray(json) || !json.every((item) => typeof item === 'number')) throw new Error('not numbers')
  return json
}

describe('a JSON file', () => {
  test('is absent until written, then reads as written', async () => {
    const { file, events } = numbersFile()
    expect(await file.read()).toBeUndefined()
    await file.write([1, 2])
    expect(await file.read()).toEqual([1, 2])
    expect(events).toEqual([])
  })

  test('stands on the disk with two spaces a level and a line break at the end', async () => {
    const { file, path } = numbersFile()
    await file.write([1, 2])
    expect(readFileSync(path, 'utf8')).toBe('[\n  1,\n  2\n]\n')
  })

  test('any JSON value comes back as it was', async () => {
    const path = join(temporaryFolder(), 'any.json')
    const onSetAside = () => {
      throw new Error('set aside')
    }
    const file = new JsonFile<Json>({ path, decode: (json) => json, onSetAside })
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
        const clean = JSON.parse(JSON.stringify(value)) as Json
        await file.write(clean)
        expect(await file.read()).toEqual(clean)
      }),
      { numRuns: 60 },
    )
  })

  test('a value that its own reader would refuse is never written', async () => {
    const { file, path } = numbersFile()
    await file.write([1])
    await expect(file.write([NaN])).rejects.toThrow('not numbers')
    expect(readFileSync(path, 'utf8')).toBe('[\n  1\n]\n')
  })

  test('a byte order mark that an editor put in front is no harm', async () => {
    const { file, path } = numbersFile()
    writeFileSync(path, '\ufeff[1]')
    expect(await file.read()).toEqual([1])
  })

  test('a link to a file is followed for reading', async () => {
    const { file, path, folder } = numbersFile()
    writeFileSync(join(folder, 'elsewhere'), '[5]')
    symlinkSync('elsewhere', path)
    expect(await file.read()).toEqual([5])
  })

  test('a bug in the decoder is told as such and the file stays where it is', async () => {
    const path = join(temporaryFolder(), 'a.json')
    writeFileSync(path, '1')
    const decode = () => {
      assert(false, 'our bug')
    }
    const file = new JsonFile({ path, decode, onSetAside: () => undefined })
    await expect(file.read()).rejects.toThrow(AssertError)
    expect(existsSync(path)).toBe(true)
  })
})

describe('a torn or foreign file is set aside, reported, and then absent', () => {
  const UNFIT: [string, string | Buffer, RegExp][] = [
    ['empty', '', /^empty$/],
    ['zeros, as after a power cut', '\0'.repeat(4096), /^not JSON/],
    ['junk', 'not json at all', /^not JSON/],
    ['two values', '[1][2]', /^not JSON/],
    ['a half-written string', '["abc', /string is not closed/],
    ['bytes that are no text', Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]), /utf-8/],
    ['a key twice', '{"a":1,"a":2}', /appears twice/],
    ['too deep', '['.repeat(100_000), /nested deeper/],
    ['JSON of another kind', '{"numbers":[1]}', /^not numbers$/],
  ]

  test.each(UNFIT)('%s', async (_, content, reason) => {
    const { file, path, events, folder } = numbersFile()
    writeFileSync(path, content)
    expect(await file.read()).toBeUndefined()
    expect(events).toEqual([
      { path, movedTo: `${path}.torn-1`, reason: expect.stringMatching(reason) as unknown },
    ])
    expect(readdirSync(folder)).toEqual(['numbers.json.torn-1'])
    expect(readFileSync(`${path}.torn-1`).equals(Buffer.from(content as string))).toBe(true)
  })

  test('a file cut at any of its bytes', async () => {
    const { file, path, events } = numbersFile()
    const whole = '[1,22,\n333]'
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.slice(0, length))
      expect(await file.read()).toBeUndefined()
      const last = events.at(-1)
      expect(last?.movedTo).toBe(`${path}.torn-${length + 1}`)
      expect(readFileSync(last?.movedTo ?? '', 'utf8')).toBe(whole.slice(0, length))
    }
    expect(events).toHaveLength(whole.length)
  })

  test('a folder in the place of the file, with what is in it', async () => {
    const { file, path, events } = numbersFile()
    mkdirSync(path)
    writeFileSync(join(path, 'inside'), 'mine')
    expect(await file.read()).toBeUndefined()
    expect(events).toEqual([{ path, movedTo: `${path}.torn-1`, reason: 'not a file' }])
    expect(readFileSync(join(`${path}.torn-1`, 'inside'), 'utf8')).toBe('mine')
  })

  test('a pipe in the place of the file: nobody waits for it', async () => {
    const { file, path, events } = numbersFile()
    execFileSync('mkfifo', [path])
    expect(await file.read()).toBeUndefined()
    expect(events[0]?.reason).toBe('not a file')
  })

  test('also by a write that nobody read before', async () => {
    const { file, path, events } = numbersFile()
    writeFileSync(path, '[1, 2')
    await file.write([3])
    expect(events.map(({ movedTo }) => movedTo)).toEqual([`${path}.torn-1`])
    expect(readFileSync(`${path}.torn-1`, 'utf8')).toBe('[1, 2')
    expect(await file.read()).toEqual([3])
  })

  test('under the first number free: what was set aside before is not overwritten', async () => {
    const { file, path } = numbersFile()
    writeFileSync(`${path}.torn-1`, 'earlier')
    symlinkSync('nowhere', `${path}.torn-2`)
    writeFileSync(path, 'now')
    expect(await file.read()).toBeUndefined()
    expect(readFileSync(`${path}.torn-1`, 'utf8')).toBe('earlier')
    expect(readFileSync(`${path}.torn-3`, 'utf8')).toBe('now')
  })

  test('once, when many read it at once; and a write asked for in the same breath is kept', async () => {
    const { file, path, events } = numbersFile()
    writeFileSync(path, '[')
    const reads = Array.from({ length: 10 }, () => file.read())
    const write = file.write([4])
    await Promise.all([...reads, write])
    expect(events).toHaveLength(1)
    expect(await file.read()).toEqual([4])
  })

  test('but a file that cannot be read for another reason stays, and the error names it', async () => {
    const { folder } = numbersFile()
    writeFileSync(join(folder, 'file'), '')
    const path = join(folder, 'file', 'below.json')
    const file = new JsonFile({ path, decode: numbers, onSetAside: () => undefined })
    await expect(file.read()).rejects.toThrow(new RegExp(`^cannot read ${path}: .*ENOTDIR`))
  })
})
