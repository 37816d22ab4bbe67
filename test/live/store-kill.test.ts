import { beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BlockFiles } from '../../src/store/block-files.js'
import { DataFolder } from '../../src/store/data-folder.js'
import { Child, childProgram } from '../store/child-program.js'
import { temporaryFolder } from '../store/temporary-folder.js'

const TEMPORARY = /\.tmp-/

interface Body {
  readonly version: number
  readonly text: string
  readonly height?: number
}

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : [])
const temporariesIn = (folder: string) => namesIn(folder).filter((name) => TEMPORARY.test(name))
const jsonIn = (folder: string, name: string) =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown

describe('kill -9 in the middle of writes', () => {
  const LANES = 2
  const KILLS_PER_LANE = 17
  let writer = ''
  beforeAll(() => {
    writer = childProgram('endless-writer')
  })

  test('every file is whole, every acknowledged write is there, and the next start clears what is left', async () => {
    const kills = await Promise.all(Array.from({ length: LANES }, killAgainAndAgain))
    expect(kills.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(30)
  }, 60_000)

  async function killAgainAndAgain(): Promise<number> {
    const folder = join(temporaryFolder(), 'node')
    let kills = 0
    for (let version = 1; kills < KILLS_PER_LANE; kills++) {
      const child = Child.run(writer, folder, String(version))
      await child.line(Math.floor(Math.random() * 20))
      await sleep(Math.random() * 4)
      await child.kill()
      version = checkFiles(folder, acknowledged(child.lines)) + 1
      await checkNextStart(folder)
    }
    return kills
  }

  /** The highest version printed, by kind of write. */
  function acknowledged(lines: readonly string[]): Map<string, number> {
    return new Map(
      lines.map((line) => {
        const [kind = '', version] = line.split(' ')
        return [kind, Number(version)]
      }),
    )
  }

  /** Answers the highest version found. */
  function checkFiles(folder: string, promised: Map<string, number>): number {
    const blocks = join(folder, 'blocks')
    const counter = wholeBody(folder, 'counter.json').version
    expect(counter).toBeGreaterThanOrEqual(promised.get('counter') ?? 0)
    const group = promised.get('blocks')
    for (const height of group === undefined ? [] : [0, 1, 2].map((i) => (group % 24) + i)) {
      expect(wholeBody(blocks, `block${height}.json`).version).toBeGreaterThanOrEqual(group ?? 0)
    }
    expect(wholeBody(blocks, 'block29.json').version).toBeGreaterThanOrEqual(promised.get('single') ?? 0)
    const names = namesIn(blocks).filter((name) => !TEMPORARY.test(name))
    return Math.max(counter, ...names.map((name) => wholeBody(blocks, name).version))
  }

  function wholeBody(folder: string, name: string): Body {
    if (!existsSync(join(folder, name))) return { version: 0, text: '' }
    const { version, text, height } = jsonIn(folder, name) as Body
    expect(text).toBe(String(version % 10).repeat((version % 7) * 20_000))
    if (height !== undefined) expect(name).toBe(`block${height}.json`)
    return { version, text }
  }

  async function checkNextStart(folder: string): Promise<void> {
    const unexpected = () => {
      throw new Error('a file was set aside')
    }
    const held = await DataFolder.open(folder)
    const blocks = join(folder, 'blocks')
    const decode = (json: unknown) => json
    const files = await BlockFiles.open({ folder: blocks, template: 'block', decode, onSetAside: unexpected })
    for (const height of await files.list()) expect(await files.read(height)).toBeDefined()
    expect([...temporariesIn(folder), ...temporariesIn(blocks)]).toEqual([])
    await held.close()
  }
})

describe('death right before each single file operation', () => {
  const FOREIGN = '{ "half": '

  test('files are whole, promises kept, the chain gapless and foreign bytes kept, whichever operation comes no more', async () => {
    const program = childProgram('dies-at-step')
    let leftTemporaries = 0
    let died = 0
    for (let step = 1; ; step += 2) {
      const ends = await Promise.all([dieAt(program, step), dieAt(program, step + 1)])
      for (const { temporaries, signal } of ends) {
        leftTemporaries += temporaries
        if (signal) died += 1
      }
      if (ends.some(({ signal }) => !signal)) break
    }
    expect(died).toBeGreaterThan(20)
    expect(leftTemporaries).toBeGreaterThan(3)
  }, 60_000)

  async function dieAt(program: string, step: number): Promise<{ temporaries: number; signal: boolean }> {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'nodes.json'), '"old"')
    writeFileSync(join(folder, 'foreign.json'), FOREIGN)
    for (const height of [0, 1, 2]) {
      writeFileSync(join(folder, `block${height}.json`), JSON.stringify({ height, version: 'old' }))
    }
    const child = Child.run(program, folder, String(step))
    const end = await child.end()
    checkState(folder, new Set(child.lines))
    const temporaries = temporariesIn(folder).length
    await checkClearedAtStart(folder)
    if (end !== 'SIGKILL') expect(end).toBe(0)
    return { temporaries, signal: end === 'SIGKILL' }
  }

  function checkState(folder: string, promised: Set<string>): void {
    expect(promised.has('nodes') ? ['new'] : ['old', 'new']).toContain(jsonIn(folder, 'nodes.json'))
    const moved = existsSync(join(folder, 'foreign.json.torn-1'))
    if (promised.has('foreign')) expect(moved).toBe(true)
    expect(readFileSync(join(folder, moved ? 'foreign.json.torn-1' : 'foreign.json'), 'utf8')).toBe(FOREIGN)

    const names = readdirSync(folder).filter((name) => /^block\d+\.json$/.test(name))
    const heights = names.map((name) => (jsonIn(folder, name) as Body).height).sort()
    expect(heights).toEqual(heights.map((_, i) => i))
    if (promised.has('removed')) expect(heights).toEqual([0])
    else if (promised.has('foreign')) expect(heights.length).toBeGreaterThanOrEqual(1)
    else if (promised.has('blocks')) expect(heights).toEqual([0, 1, 2, 3, 4])
    if (promised.has('blocks') && heights.length === 5) {
      expect(jsonIn(folder, 'block2.json')).toMatchObject({ version: 'new' })
    }
  }

  async function checkClearedAtStart(folder: string): Promise<void> {
    const before = readdirSync(folder).filter((name) => !TEMPORARY.test(name))
    const held = await DataFolder.open(folder)
    expect(readdirSync(folder).filter((name) => name !== 'lock')).toEqual(before)
    await held.close()
  }
})

test('a file of another origin that only looks like a temporary survives a start', async () => {
  const folder = temporaryFolder()
  for (const name of ['.nodes.json.tmp', 'x.tmp-1-2', '.tmp-1-2', '.a.tmp-1-b'])
    writeFileSync(join(folder, name), '')
  mkdirSync(join(folder, '.folder.tmp-1-2'))
  const names = readdirSync(folder)
  const held = await DataFolder.open(folder)
  await held.close()
  expect(readdirSync(folder).filter((name) => name !== 'lock')).toEqual(names)
})
