import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenChain } from '../src/app/open-chain.js'
import type { Block } from '../src/ledger/block.js'
import { encodeBlock } from '../src/ledger/encode-block.js'
import { blockName } from '../src/store/block-name.js'
import { jsonText } from '../src/store/json-file.js'
import { forInformation, reaches, type Row } from './row.js'
import { openBenchChain, SYNC_CHAIN, trustAll } from './support/bench-chain.js'
import { BlockMaker } from './support/block-maker.js'
import { median } from './support/measure.js'
import { withFolder } from './support/with-folder.js'

const SHORT = 1000
const LONG = 100_000
/**
 * Not linear growth, which would leave a hundredth, but not quite none. What is left is the write of the index: headers and
 * transactions are found by hash, so a block copies a path of pages in each of their trees, which are two levels deeper
 * here: about 31 single pages a block against 13. Larger pages were tried and save no writes.
 */
const SHARE = 0.7
const WARM_UP = 50
const MEASURED = 400
/** Blocks of one write while a chain is filled. */
const GROUP = 250
const NOBODY = '0x0000000000000000000000000000000000000001'

/** What one more block costs a chain of a hundred thousand, against a chain of a thousand. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const long = await GrowingChain.make(join(folder, 'long'), LONG)
    const short = await GrowingChain.make(join(folder, 'short'), SHORT)
    // The speed of a shared disk drifts: the chains alternate block by block, and the typical block counts.
    for (let i = 0; i < WARM_UP + MEASURED; i++) {
      for (const chain of i % 2 === 0 ? [short, long] : [long, short]) await chain.grow()
    }
    const row = (claim: string, rate: (chain: GrowingChain) => number) => ({
      claim,
      unit: 'blocks/s',
      value: rate(long),
      ceiling: rate(short),
      ceilingName: `the same at ${SHORT} blocks`,
      ratio: rate(long) / rate(short),
    })
    const rows = [
      reaches(
        SHARE,
        row(`blocks taken in at ${LONG} blocks`, ({ timesMs }) => 1000 / median(timesMs)),
      ),
      forInformation(row('the same by processor time', ({ cpuMs }) => 1000 / median(cpuMs))),
    ]
    await Promise.all([short.close(), long.close()])
    return rows
  })
}

/** A chain of blocks that hold nothing but their reward. */
class GrowingChain {
  /** Of every block taken in after the warm-up. */
  readonly timesMs: number[] = []
  readonly cpuMs: number[] = []
  readonly #open: OpenChain
  readonly #maker: BlockMaker
  #grown = 0

  private constructor(open: OpenChain, maker: BlockMaker) {
    this.#open = open
    this.#maker = maker
  }

  /** Fills the folder without the syncs of the disk that a node waits for, then opens it as a node does. */
  static async make(folder: string, blocks: number): Promise<GrowingChain> {
    const filling = await openBenchChain(folder, SYNC_CHAIN, trustAll)
    const maker = new BlockMaker(filling.blockchain.chain, NOBODY)
    for (let height = 0; height < blocks; height += GROUP) {
      await fill(
        filling,
        join(folder, 'blocks'),
        Array.from({ length: GROUP }, () => maker.next()),
      )
      if (height % 10_000 === 0) process.stderr.write(`long-chain: ${height} of ${blocks} blocks\n`)
    }
    await filling.close()
    return new GrowingChain(await openBenchChain(folder, SYNC_CHAIN, trustAll), maker)
  }

  async grow(): Promise<void> {
    const block = this.#maker.next()
    const cpu = process.cpuUsage()
    const start = performance.now()
    const verdict = await this.#open.blockchain.submit(block)
    const ms = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    if (verdict !== 'connected') throw new Error(`a block of the bench is ${verdict}`)
    if (++this.#grown <= WARM_UP) return
    this.timesMs.push(ms)
    this.cpuMs.push((user + system) / 1000)
  }

  close(): Promise<void> {
    return this.#open.close()
  }
}

async function fill({ blockchain }: OpenChain, folder: string, blocks: readonly Block[]): Promise<void> {
  const { chain, index, steps } = blockchain
  index.write(() => {
    for (const block of blocks) steps.connect(block, steps.effects(block, blockchain.branch(), chain))
  })
  const write = (block: Block): Promise<void> =>
    writeFile(join(folder, blockName('block', block.header.height)), jsonText(encodeBlock(block)))
  await Promise.all(blocks.map(write))
}
