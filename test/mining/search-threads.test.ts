import { beforeAll, expect, test } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HeaderFields } from '../../src/ledger/block.js'
import { encodeHeader, headerHash } from '../../src/ledger/header.js'
import { SearchThreads, type SearchThreadsOptions } from '../../src/mining/search-threads.js'
import { workerModule } from '../../src/threads/worker-module.js'
import { removeFolder, temporaryFolder } from '../support/chain.js'
import { FakeTime } from './fake-time.js'
import { afterwards } from './mining-test.js'

beforeAll(() => {
  if (!workerModule('mining/search-worker.js')) throw new Error('build first: threads run what is in dist/')
})

const header: HeaderFields = {
  version: 1,
  height: 7,
  previousHash: '11'.repeat(32),
  merkleRoot: '22'.repeat(32),
  transactionCount: 1,
  timestamp: 1_767_225_600_000,
  bits: 0x1f00ffff,
  nonce: '0'.repeat(16),
}
const job = { header: encodeHeader(header), target: `0000${'f'.repeat(60)}` }
const impossible = { ...job, target: '0'.repeat(64) }
const forever = new AbortController().signal

function searchThreads(options: Partial<SearchThreadsOptions> = {}): SearchThreads {
  const module = workerModule('mining/search-worker.js')
  if (!module) throw new Error('there is a module')
  const threads = new SearchThreads({
    count: 2,
    module,
    onHashes: () => undefined,
    onThreadDeath: (error) => {
      throw error
    },
    sleep: new FakeTime().sleep,
    ...options,
  })
  afterwards(() => threads.close())
  return threads
}

/** A module that threads can run. */
async function moduleOf(text: string): Promise<URL> {
  const folder = await temporaryFolder()
  afterwards(() => removeFolder(folder))
  await writeFile(join(folder, 'worker.mjs'), `import { parentPort } from 'node:worker_threads'\n${text}`)
  return pathToFileURL(join(folder, 'worker.mjs'))
}

test('two threads find a nonce that meets the target, search after search', async () => {
  let hashes = 0
  const threads = searchThreads({ onHashes: (count) => (hashes += count) })
  for (let i = 0; i < 5; i++) {
    const fields = { ...header, timestamp: header.timestamp + i }
    const nonce = await threads.find({ ...job, header: encodeHeader(fields) }, forever)
    expect(headerHash({ ...fields, nonce: nonce ?? '' })).toMatch(/^0000/)
  }
  expect(hashes).toBeGreaterThan(0)
})

test('a search that is aborted leaves the threads to the next one', async () => {
  const threads = searchThreads()
  const stop = new AbortController()
  const vain = threads.find(impossible, stop.signal)
  setTimeout(() => stop.abort(), 50)
  expect(await vain).toBeUndefined()
  expect(await threads.find(job, forever)).toMatch(/^[0-9a-f]{16}$/)
  expect(await threads.find(job, stop.signal)).toBeUndefined()
})

test('the threads share the nonces', async () => {
  const firsts: string[] = []
  const module = await moduleOf(`
    parentPort.on('message', ({ id, job }) => {
      if (job) parentPort.postMessage({ id, hashes: 0, nonce: job.first + ' of ' + job.step })
    })`)
  const threads = searchThreads({ count: 3, module })
  for (let i = 0; i < 30; i++) firsts.push((await threads.find(impossible, forever)) ?? '')
  expect(['0 of 3', '1 of 3', '2 of 3']).toEqual(expect.arrayContaining([...new Set(firsts)]))
})

test('what a thread found for an earlier search is not taken for the next one', async () => {
  const module = await moduleOf(`
    parentPort.on('message', ({ id, job }) => {
      if (!job) return
      parentPort.postMessage({ id: id - 1, hashes: 0, nonce: 'late' })
      parentPort.postMessage({ id, hashes: 0, nonce: 'in time' })
    })`)
  const threads = searchThreads({ count: 1, module })
  for (let i = 0; i < 5; i++) expect(await threads.find(job, forever)).toBe('in time')
})

test('a thread that dies is reported, and another one takes its place and its part', async () => {
  const time = new FakeTime()
  const deaths: string[] = []
  const folder = await temporaryFolder()
  afterwards(() => removeFolder(folder))
  const mark = JSON.stringify(join(folder, 'was-here'))
  const module = await moduleOf(`
    import { existsSync, writeFileSync } from 'node:fs'
    parentPort.on('message', ({ id, job }) => {
      if (!existsSync(${mark})) {
        writeFileSync(${mark}, '')
        throw new Error('out of luck')
      }
      if (job) parentPort.postMessage({ id, hashes: 1, nonce: 'found' })
    })`)
  const onThreadDeath = (error: Error): number => deaths.push(error.message)
  const threads = searchThreads({ count: 1, module, sleep: time.sleep, onThreadDeath })
  const found = threads.find(job, forever)
  await time.sleeping(1000)
  expect(deaths).toEqual(['out of luck'])
  time.advance(1000)
  expect(await found).toBe('found')
})

test('after threads are closed none takes the place of another', async () => {
  const time = new FakeTime()
  const module = await moduleOf(`process.exit(1)`)
  const threads = searchThreads({ count: 1, module, sleep: time.sleep, onThreadDeath: () => undefined })
  const stop = new AbortController()
  const found = threads.find(job, stop.signal)
  await time.sleeping(1000)
  await threads.close()
  expect(time.isSleeping(1000)).toBe(false)
  stop.abort()
  expect(await found).toBeUndefined()
})
