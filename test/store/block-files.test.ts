import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AssertError } from '../../src/base/errors.js'
import type { Json } from '../../src/base/json.js'
import { BlockFiles } from '../../src/store/block-files.js'
import type { SetAside } from '../../src/store/set-aside.js'
import { temporaryFolder } from './temporary-folder.js'

interface Block {
  readonly height: number
  readonly text?: string
}

async function blockFiles(folder = temporaryFolder()) {
  const events: SetAside[] = []
  const decoded: number[] = []
  const decode = (json: Json): Block => {
    const block = json as unknown as Block
    if (block.text === 'refused') throw new Error('refused by the decoder')
    decoded.push(block.height)
    return block
  }
  const options = { folder, template: 'block', decode, onSetAside: (event: SetAside) => events.push(event) }
  return { folder, events, decoded, files: await BlockFiles.open(options) }
}

const block = (height: number, text = 'x') => ({ height, text })
const entries = (heights: readonly number[], text?: string) =>
  heights.map((n) => [n, block(n, text)] as const)
const upTo = (n: number) => Array.from({ length: n + 1 }, (_, i) => i)

describe('block files', () => {
  test('a block is kept as <folder>/<template><height>.json, readable for people', async () => {
    const { files, folder } = await blockFiles()
    await files.write(3, block(3))
    expect(readFileSync(join(folder, 'block3.json'), 'utf8')).toBe('{\n  "height": 3,\n  "text": "x"\n}\n')
    expect(await files.read(3)).toEqual(block(3))
    expect(await files.read(4)).toBeUndefined()
  })

  test('the folder is made with all above it; a template that is no part of a name is refused before that', async () => {
    const folder = join(temporaryFolder(), 'a', 'b')
    const options = { folder, decode: (json: Json) => json, onSetAside: () => undefined }
    await expect(BlockFiles.open({ ...options, template: '../block' })).rejects.toThrow('the block template')
    expect(readdirSync(join(folder, '..', '..'))).toEqual([])
    await BlockFiles.open({ ...options, template: 'block' })
    expect(readdirSync(folder)).toEqual([])
  })

  test('a block is replaced by another of its height, and nothing is set aside', async () => {
    const { files, events } = await blockFiles()
    await files.write(0, block(0, 'old'))
    await files.write(0, block(0, 'new'))
    expect(await files.read(0)).toEqual(block(0, 'new'))
    expect(events).toEqual([])
  })

  test('a value whose height is not the one given is our bug', async () => {
    const { files, folder } = await blockFiles()
    for (const json of [block(2), { height: '1' }, {}, null, [1], 'block'] as Json[]) {
      await expect(files.write(1, json)).rejects.toThrow(AssertError)
    }
    expect(readdirSync(folder)).toEqual([])
  })

  test('whatever set of heights is written, in any order, is listed ascending and read back; the tip is before the first gap', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 40 }), async (heights) => {
        const { files, folder } = await blockFiles()
        await files.writeMany(entries(heights))
        const ascending = [...heights].sort((a, b) => a - b)
        expect(await files.list()).toEqual(ascending)
        const firstMissing = upTo(41).find((n) => !heights.includes(n)) ?? 0
        expect(await files.tip()).toBe(firstMissing - 1)
        for (const height of heights) expect(await files.read(height)).toEqual(block(height))
        rmSync(folder, { recursive: true })
      }),
      { numRuns: 25 },
    )
  })

  test('files of other names are not listed and never touched', async () => {
    const { files, folder, events } = await blockFiles()
    const names = [
      'block01.json',
      'block.json',
      'block-1.json',
      'Block1.json',
      'block2.json.torn-1',
      'notes.txt',
      'xblock3.json',
    ]
    for (const name of names) writeFileSync(join(folder, name), 'mine')
    mkdirSync(join(folder, 'block9.json'))
    await files.writeMany(entries([0, 1]))
    expect(await files.list()).toEqual([0, 1])
    await files.removeAbove(-1)
    expect(readdirSync(folder).sort()).toEqual([...names, 'block9.json'].sort())
    expect(events).toEqual([])
  })

  test('list and tip of an empty folder, and of one that is gone', async () => {
    const { files, folder } = await blockFiles()
    expect(await files.list()).toEqual([])
    expect(await files.tip()).toBe(-1)
    rmSync(folder, { recursive: true })
    await expect(files.list()).rejects.toThrow(`cannot read the folder ${folder}: `)
  })

  test('of a height twice in a group the last block stays', async () => {
    const { files } = await blockFiles()
    await files.writeMany([...entries([0, 1], 'first'), ...entries([1], 'second')])
    expect(await files.read(1)).toEqual(block(1, 'second'))
  })
})

describe('removing blocks', () => {
  test('one; one that is not there is no error', async () => {
    const { files } = await blockFiles()
    await files.writeMany(entries(upTo(3)))
    await files.remove(3)
    await files.remove(77)
    expect(await files.list()).toEqual([0, 1, 2])
  })

  test('all above a height, whatever gaps there are', async () => {
    const { files } = await blockFiles()
    await files.writeMany(entries([0, 1, 2, 3, 10, 11, 100]))
    await files.removeAbove(2)
    expect(await files.list()).toEqual([0, 1, 2])
    await files.removeAbove(2)
    expect(await files.list()).toEqual([0, 1, 2])
    await files.removeAbove(-1)
    expect(await files.list()).toEqual([])
  })

  test('a file under a block name that is no block is set aside and not deleted', async () => {
    const { files, folder, events } = await blockFiles()
    await files.writeMany(entries(upTo(2)))
    writeFileSync(join(folder, 'block5.json'), 'mine')
    await files.removeAbove(1)
    expect(await files.list()).toEqual([0, 1])
    expect(readFileSync(join(folder, 'block5.json.torn-1'), 'utf8')).toBe('mine')
    expect(events).toHaveLength(1)
  })

  test('a write asked for after a removal comes after it', async () => {
    const { files } = await blockFiles()
    await files.writeMany(entries(upTo(20)))
    await Promise.all([
      files.removeAbove(0),
      files.write(5, block(5, 'new')),
      files.remove(5),
      files.write(1, block(1)),
    ])
    expect(await files.list()).toEqual([0, 1])
  })
})

describe('reading many', () => {
  async function collect(blocks: AsyncIterable<Block>): Promise<number[]> {
    const heights: number[] = []
    for await (const { height } of blocks) heights.push(height)
    return heights
  }

  test('gives the blocks between two heights, both included, in order', async () => {
    const { files } = await blockFiles()
    await files.writeMany(entries(upTo(99)))
    expect(await collect(files.readMany(0, 99))).toEqual(upTo(99))
    expect(await collect(files.readMany(15, 17))).toEqual([15, 16, 17])
    expect(await collect(files.readMany(99, 99))).toEqual([99])
    expect(await collect(files.readMany(5, 4))).toEqual([])
  })

  test('ends before the first block that is missing or torn', async () => {
    const { files, folder, events } = await blockFiles()
    await files.writeMany(entries([0, 1, 2, 4, 5]))
    expect(await collect(files.readMany(0, 5))).toEqual([0, 1, 2])
    writeFileSync(join(folder, 'block1.json'), '{')
    expect(await collect(files.readMany(0, 5))).toEqual([0])
    expect(events.map(({ path }) => path)).toEqual([join(folder, 'block1.json')])
  })

  test('keeps at most 16 blocks ahead of its consumer, whatever the length of the chain', async () => {
    const { files, decoded } = await blockFiles()
    await files.writeMany(entries(upTo(199)))
    decoded.length = 0
    let taken = 0
    for await (const { height } of files.readMany(0, 199)) {
      taken = height + 1
      expect(decoded.length - taken).toBeLessThan(16)
    }
    expect(taken).toBe(200)
    decoded.length = 0
    for await (const { height } of files.readMany(0, 199)) if (height === 3) break
    expect(decoded).toHaveLength(16)
  })
})

describe('a torn or foreign file under a block name is set aside, reported, and then absent', () => {
  const UNFIT: [string, string, RegExp][] = [
    ['empty', '', /^empty$/],
    ['junk', '<html>', /^not JSON/],
    ['no object', '[]', /^not a block of height 1$/],
    ['null', 'null', /^not a block of height 1$/],
    ['without a height', '{}', /^not a block of height 1$/],
    ['a block of another height', '{"height":2}', /^not a block of height 1$/],
    ['a height as text', '{"height":"1"}', /^not a block of height 1$/],
    ['what the decoder refuses', '{"height":1,"text":"refused"}', /^refused by the decoder$/],
  ]

  test.each(UNFIT)('%s: by a read', async (_, content, reason) => {
    const { files, folder, events } = await blockFiles()
    const path = join(folder, 'block1.json')
    writeFileSync(path, content)
    expect(await files.read(1)).toBeUndefined()
    expect(events).toEqual([
      { path, movedTo: `${path}.torn-1`, reason: expect.stringMatching(reason) as unknown },
    ])
    expect(readFileSync(`${path}.torn-1`, 'utf8')).toBe(content)
    expect(await files.list()).toEqual([])
  })

  test.each(UNFIT)('%s: by a write, which then takes the name', async (_, content) => {
    const { files, folder, events } = await blockFiles()
    writeFileSync(join(folder, 'block1.json'), content)
    await files.writeMany(entries([0, 1, 2]))
    expect(events.map(({ movedTo }) => movedTo)).toEqual([join(folder, 'block1.json.torn-1')])
    expect(readFileSync(join(folder, 'block1.json.torn-1'), 'utf8')).toBe(content)
    expect(await files.read(1)).toEqual(block(1))
  })

  test('a block cut at any of its bytes', async () => {
    const { files, folder, events } = await blockFiles()
    const whole = JSON.stringify(block(1, 'text, with a } in it'))
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(join(folder, 'block1.json'), whole.slice(0, length))
      expect(await files.read(1)).toBeUndefined()
    }
    expect(events).toHaveLength(whole.length)
    expect(new Set(events.map(({ movedTo }) => movedTo)).size).toBe(whole.length)
  })

  test('a folder under a block name does not stand in the way of the block', async () => {
    const { files, folder } = await blockFiles()
    mkdirSync(join(folder, 'block0.json'))
    expect(await files.tip()).toBe(-1)
    await files.write(0, block(0))
    expect(await files.tip()).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['block0.json', 'block0.json.torn-1'])
  })
})
