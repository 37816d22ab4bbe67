import { join } from 'node:path'
import { type Chain, chainOf } from '../src/ledger/chain.js'
import { connectBlock } from '../src/ledger/connect-block.js'
import { acceptBody, growTree } from '../src/ledger/header-tree.js'
import { VALIDATION_CODE } from '../src/ledger/validation-code.js'
import type { WorldSnapshot } from '../src/ledger/world-snapshot.js'
import type { WorldWrite } from '../src/ledger/world-state.js'
import { ChainIndex } from '../src/store/index/chain-index.js'
import { forInformation, type Row } from './row.js'
import { SYNC_CHAIN } from './support/bench-chain.js'
import { BlockMaker } from './support/block-maker.js'
import { percentile } from './support/measure.js'
import { withFolder } from './support/with-folder.js'

const FEW = 10_000
const MANY = 1_000_000
const WRITES_PER_BLOCK = 10_000

const GETS = 20_000
const RANGES = 2000
const RANGE = 100
const ROUNDS = 5
/** Many keys may take this much longer than few: their pages are seldom in the processor's caches. */
const MOST = 3

const NAMESPACE = 'bench'

/** Reads of the world state of a contract with a million keys against one with ten thousand. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const chain = chainOf(SYNC_CHAIN)
    const few = fill(join(folder, 'few'), chain, FEW)
    const many = fill(join(folder, 'many'), chain, MANY)
    const rows = [
      ...compare('values read', few, many, GETS, (world, key) => world.worldValue(NAMESPACE, key) && 1),
      ...compare(`scans of ${RANGE} keys`, few, many, RANGES, scan),
    ]
    await few.close()
    await many.close()
    return rows
  })
}

type Read = (world: WorldSnapshot, key: string) => number | undefined

/** Reads one more than it takes, as whoever asks whether there is more has to. */
function scan(world: WorldSnapshot, key: string): number {
  let found = 0
  for (const { value } of world.worldRange(NAMESPACE, key, '')) {
    if ('text' in value && ++found > RANGE) break
  }
  return found
}

/** In turns, so that what else the machine does disturbs both alike. */
function compare(what: string, few: ChainIndex, many: ChainIndex, count: number, read: Read): Row[] {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    times[0].push(...timesOf(few, FEW, count, round, read))
    times[1].push(...timesOf(many, MANY, count, round, read))
  }
  const row = (share: number, name: string) => {
    const [ceiling, value] = [percentile(times[0], share), percentile(times[1], share)]
    const claim = `${MANY} keys: ${what}, ${name}`
    return { claim, value, unit: 'µs', ceiling, ceilingName: `${FEW} keys`, ratio: value / ceiling }
  }
  const slow = row(0.99, '99 % of them')
  return [
    { ...slow, target: `< ${MOST} times the ceiling`, ok: slow.ratio < MOST },
    forInformation(row(0.5, 'half of them')),
  ]
}

/** Of each read, in µs. */
function timesOf(index: ChainIndex, keys: number, count: number, round: number, read: Read): number[] {
  const world = index.snapshot()
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const key = keyOf(((i + round * count) * 7919) % (keys - RANGE - 1))
    const start = performance.now()
    const found = read(world, key)
    times.push(1000 * (performance.now() - start))
    if (!found) throw new Error(`key ${key} is not there`)
  }
  world.close()
  return times
}

/** An index whose blocks wrote so many keys. */
function fill(folder: string, chain: Chain, keys: number): ChainIndex {
  const index = ChainIndex.open(folder, chain.id)
  const maker = new BlockMaker(chain, `0x${'0'.repeat(40)}`)
  const context = {
    medianTimePast: chain.settings.genesisTime,
    endorsementPolicy: () => VALIDATION_CODE.VALID,
  }
  for (let first = 0; first < keys; first += WRITES_PER_BLOCK) {
    const block = maker.next()
    const { height } = block.header
    const worldWrites = Array.from({ length: WRITES_PER_BLOCK }, (_, i) => writeOf(first + i, height))
    const effects = { ...connectBlock(block, index, chain, context), worldWrites }
    index.write(() => {
      index.grow(growTree(index, block.header, index.nextSequence()))
      index.putEntry(acceptBody(index, block.header.hash, index.nextSequence()))
      index.connect(block, effects)
    })
  }
  return index
}

function writeOf(n: number, height: number): WorldWrite {
  const text = JSON.stringify({ ID: keyOf(n), color: 'blue', size: n, owner: 'x'.repeat(50) })
  return { namespace: NAMESPACE, key: keyOf(n), value: { text }, version: { height, index: 1 } }
}

function keyOf(n: number): string {
  return `asset${String(n).padStart(8, '0')}`
}
