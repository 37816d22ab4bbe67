import { open, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../src/store/atomic-write.js'
import { BlockFiles } from '../src/store/block-files.js'
import { reaches, type Row } from './row.js'
import { withFolder } from './support/with-folder.js'
import { median } from './support/measure.js'

const ROUNDS = 400
const GROUP = 64
const ROUNDS_PER_GROUP = 20

const block = (height: number) => ({ height, text: 'x'.repeat(2000) })

/** Durable writes of 2 KB files a second, each against a bare loop of the same system calls in the same rounds. */
export function run(): Promise<Row[]> {
  return withFolder(measure)
}

async function measure(folder: string): Promise<Row[]> {
  const onSetAside = () => {
    throw new Error('a block file was set aside')
  }
  const blocks = join(folder, 'blocks')
  const files = await BlockFiles.open({
    folder: blocks,
    template: 'block',
    decode: (json) => json,
    onSetAside,
  })
  const data = JSON.stringify(block(0))
  const bare = contender((i) => bareWrite(blocks, `bare${i}`, data))
  const single = contender((i) => writeFileAtomic(join(blocks, `ours${i}`), data))
  const checked = contender((i) => files.write(i, block(i)))
  const group = contender((i) => {
    const heights = Array.from({ length: GROUP }, (_, n) => ROUNDS + i * GROUP + n)
    return files.writeMany(heights.map((height) => [height, block(height)]))
  }, GROUP)
  // The speed of a shared disk drifts: the contenders alternate write by write, and the typical write counts.
  for (let i = 0; i < ROUNDS; i++) {
    for (const each of i % 2 ? [bare, single, checked] : [checked, single, bare]) await each.once(i)
    if (i % ROUNDS_PER_GROUP === 0) await group.once(i)
  }
  const row = (claim: string, ours: Contender, share: number): Row => {
    const [value, ceiling] = [ours.perSecond(), bare.perSecond()]
    const ceilingName = 'a bare loop of the system calls'
    return reaches(share, { claim, value, unit: 'files/s', ceiling, ceilingName, ratio: value / ceiling })
  }
  return [
    row('durable write of one file', single, 0.85),
    row('durable write of one block, with the look at what stands there', checked, 0.7),
    row(`durable write of ${GROUP} blocks as a group`, group, 1.2),
  ]
}

interface Contender {
  once(i: number): Promise<void>
  perSecond(): number
}

function contender(write: (i: number) => Promise<void>, filesPerWrite = 1): Contender {
  const timesMs: number[] = []
  return {
    async once(i) {
      const start = performance.now()
      await write(i)
      timesMs.push(performance.now() - start)
    },
    perSecond: () => (1000 * filesPerWrite) / median(timesMs),
  }
}

/** What a durable replacement cannot do without. */
async function bareWrite(folder: string, name: string, data: string): Promise<void> {
  const file = await open(join(folder, `${name}.tmp`), 'w')
  await writeFile(file, data)
  await file.sync()
  await file.close()
  await rename(join(folder, `${name}.tmp`), join(folder, name))
  const entries = await open(folder, 'r')
  await entries.sync()
  await entries.close()
}
