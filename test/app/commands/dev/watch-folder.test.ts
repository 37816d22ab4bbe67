import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { FolderWatch } from '../../../../src/app/commands/contract/dev/watch-folder.js'
import { afterThisTest, temporaryFolder } from '../../../support/cleanup.js'
import { waitFor } from '../../../support/wait-for.js'

async function watched(ignored: readonly string[] = []) {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'src'))
  await mkdir(join(folder, 'lib'))
  await writeFile(join(folder, 'src', 'a.ts'), '0')
  const changes: string[] = []
  const watch = new FolderWatch({
    folder,
    ignored,
    onChange: (file) => changes.push(file),
    onError: (error) => {
      throw error
    },
  })
  afterThisTest(() => watch.close())
  await watch.open()
  const seen = (file: string) => waitFor(`a change of ${file}`, () => changes.splice(0).includes(file))
  return { folder, changes, seen }
}

test('a file is seen each time another takes its place, as editors save', async () => {
  const [{ folder, seen }, elsewhere] = [await watched(), await temporaryFolder()]
  for (const text of ['1', '2', '3']) {
    await writeFile(join(elsewhere, 'new'), text)
    await rename(join(elsewhere, 'new'), join(folder, 'src', 'a.ts'))
    await seen(join('src', 'a.ts'))
  }
})

test('a file in a folder that came later is seen', async () => {
  const { folder, seen } = await watched()
  await mkdir(join(folder, 'more'))
  await seen('more')
  await writeFile(join(folder, 'more', 'b.ts'), '1')
  await seen(join('more', 'b.ts'))
})

test('what a build writes is not seen, unless nothing is built', async () => {
  const built = await watched(['lib'])
  await writeFile(join(built.folder, 'lib', 'a.js'), '1')
  await writeFile(join(built.folder, 'src', 'a.ts'), '1')
  await built.seen(join('src', 'a.ts'))
  expect(built.changes).toEqual([])
  const plain = await watched()
  await writeFile(join(plain.folder, 'lib', 'a.js'), '1')
  await plain.seen(join('lib', 'a.js'))
})
