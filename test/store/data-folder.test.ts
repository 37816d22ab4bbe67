import { beforeAll, describe, expect, test } from '@jest/globals'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../../src/store/atomic-write.js'
import { DataFolder } from '../../src/store/data-folder.js'
import { Child, childProgram } from './child-program.js'
import { temporaryFolder } from './temporary-folder.js'

const NOBODY = 65534

let opener = ''
beforeAll(() => {
  opener = childProgram('folder-opener')
})

/** The line an opener answers with when asked to open the folder. */
async function ask(child: Child, folder: string): Promise<string> {
  await child.line(0)
  const next = child.lines.length
  child.say(folder)
  return child.line(next)
}

const inUseBy = (folder: string, pid: number) =>
  new RegExp(
    `^the folder ${folder} is in use by process ${pid} \\(since \\d{4}-[^ ]+Z\\): stop it, or choose another folder with --dir$`,
  )

describe('a data folder is locked by its process', () => {
  test('a second process is refused with one line that names the folder, the holder and the cure, and writes nothing', async () => {
    const folder = join(temporaryFolder(), 'node')
    const [holder, second] = [Child.run(opener), Child.run(opener)]
    expect(await ask(holder, folder)).toBe('open')
    const before = snapshot(folder)
    expect(await ask(second, folder)).toMatch(inUseBy(folder, holder.pid))
    expect(snapshot(folder)).toEqual(before)
    await Promise.all([holder.kill(), second.kill()])
  })

  test('a folder spelled in another way is the same folder', async () => {
    const folder = temporaryFolder()
    const held = await DataFolder.open(folder)
    await expect(DataFolder.open(`${folder}/x/..//`)).rejects.toThrow(inUseBy(folder, process.pid))
    await held.close()
  })

  test('kill -9 of the holder frees the folder at once', async () => {
    const folder = temporaryFolder()
    const holder = Child.run(opener)
    expect(await ask(holder, folder)).toBe('open')
    await holder.kill()
    const held = await DataFolder.open(folder)
    await held.close()
  })

  test('a process that the holder started and that outlives it does not keep the lock', async () => {
    const folder = temporaryFolder()
    const holder = Child.run(opener)
    expect(await ask(holder, folder)).toBe('open')
    const survivor = Number(await ask(holder, 'leave a child'))
    try {
      await holder.kill()
      const held = await DataFolder.open(folder)
      await held.close()
    } finally {
      process.kill(survivor, 'SIGKILL')
    }
  })

  test('of two processes that open it at the same instant exactly one wins, and the other can name it', async () => {
    const dead = Child.run(opener)
    await dead.kill()
    const pair = [Child.run(opener), Child.run(opener)] as const
    await Promise.all(pair.map((child) => child.line(0)))
    for (let round = 0; round < 20; round++) {
      const folder = temporaryFolder()
      // Half of the rounds find the name of a process that died: it must not be blamed.
      if (round % 2 === 1) writeFileSync(join(folder, 'lock'), `${dead.pid} 2020-01-01T00:00:00.000Z\n`)
      const answers = await Promise.all(pair.map((child) => ask(child, folder)))
      expect(answers.filter((answer) => answer === 'open')).toHaveLength(1)
      const winner = pair[answers.indexOf('open')]
      expect(answers.find((answer) => answer !== 'open')).toMatch(inUseBy(folder, winner?.pid ?? -1))
    }
    await Promise.all(pair.map((child) => child.kill()))
  })

  test('a name in the lock file that is no running process is not blamed', async () => {
    const dead = Child.run(opener)
    await dead.kill()
    const folder = temporaryFolder()
    const held = await DataFolder.open(folder)
    for (const text of ['', 'junk', `${dead.pid} 2020-01-01T00:00:00.000Z\n`]) {
      writeFileSync(join(folder, 'lock'), text)
      await expect(DataFolder.open(folder)).rejects.toThrow(
        `the folder ${folder} is in use by another process: `,
      )
    }
    await held.close()
  })

  test('within one process a second open of the same folder fails until the first is closed', async () => {
    const folder = temporaryFolder()
    const first = await DataFolder.open(folder)
    await expect(DataFolder.open(folder)).rejects.toThrow(inUseBy(folder, process.pid))
    await expect(DataFolder.open(folder)).rejects.toThrow(inUseBy(folder, process.pid))
    await first.close()
    await first.close()
    const again = await DataFolder.open(folder)
    await again.close()
  })

  test('many opens at once within one process: exactly one wins', async () => {
    const folder = join(temporaryFolder(), 'a', 'b')
    const opens = await Promise.allSettled(Array.from({ length: 10 }, () => DataFolder.open(folder)))
    const won = opens.filter((open) => open.status === 'fulfilled')
    expect(won).toHaveLength(1)
    await won[0]?.value.close()
  })

  const withProc = existsSync('/proc/self/fd') ? test : test.skip
  withProc('an open that is refused keeps no file open', async () => {
    const folder = temporaryFolder()
    const held = await DataFolder.open(folder)
    const openBefore = readdirSync('/proc/self/fd').length
    for (let i = 0; i < 20; i++) await expect(DataFolder.open(folder)).rejects.toThrow('in use')
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(openBefore + 20)
    await held.close()
  })

  test('close lets the writes asked for before it end first', async () => {
    const folder = temporaryFolder()
    const held = await DataFolder.open(folder)
    const path = join(folder, 'late.json')
    void writeFileAtomic(path, 'x'.repeat(100_000))
    await held.close()
    expect(readFileSync(path, 'utf8')).toHaveLength(100_000)
  })

  test('text of any kind in the lock file changes nothing', async () => {
    for (const text of ['', 'junk', '\0'.repeat(100), `${process.pid} now\n`, '9'.repeat(5000)]) {
      const folder = temporaryFolder()
      writeFileSync(join(folder, 'lock'), text)
      const held = await DataFolder.open(folder)
      expect(readFileSync(join(folder, 'lock'), 'utf8')).toMatch(
        new RegExp(`^${process.pid} \\d{4}-\\S+Z\\n$`),
      )
      await held.close()
    }
  })
})

describe('a data folder that cannot be had', () => {
  test('is made with all the folders above it', async () => {
    const folder = join(temporaryFolder(), 'a', 'b', 'c')
    const held = await DataFolder.open(folder)
    expect(held.path).toBe(folder)
    expect(statSync(folder).isDirectory()).toBe(true)
    await held.close()
  })

  test('a file in the place of the folder, or above it, gives a line that names the folder', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, 'mine')
    await expect(DataFolder.open(file)).rejects.toThrow(`cannot make the folder ${file}: `)
    await expect(DataFolder.open(join(file, 'x'))).rejects.toThrow(
      `cannot make the folder ${join(file, 'x')}: `,
    )
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  test('a folder in the place of the lock file gives a line that names the data folder', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'lock'))
    await expect(DataFolder.open(folder)).rejects.toThrow(`cannot write in the folder ${folder}: `)
  })

  test('a folder without the permission to write gives a line that names it, and nothing is written', async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o555)
    // Root may write everywhere, so the attempt is another user's.
    const uid = process.getuid?.() === 0 ? NOBODY : undefined
    const child = new Child(process.execPath, [opener], uid)
    expect(await ask(child, folder)).toMatch(new RegExp(`^cannot write in the folder ${folder}: EACCES`))
    const below = join(folder, 'x')
    expect(await ask(child, below)).toMatch(new RegExp(`^cannot make the folder ${below}: EACCES`))
    expect(readdirSync(folder)).toEqual([])
    await child.kill()
  })
})

/** Every file with its content and the time it was last written. */
function snapshot(folder: string): unknown {
  return readdirSync(folder).map((name) => [
    name,
    readFileSync(join(folder, name), 'utf8'),
    statSync(join(folder, name)).mtimeMs,
  ])
}
