import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { verifyHere } from '../src/app/verify-here.js'
import type { OpenChain } from '../src/app/open-chain.js'
import { parseJson } from '../src/base/json.js'
import type { VerifyAll } from '../src/chain/blockchain.js'
import type { Block } from '../src/ledger/block.js'
import { type Chain, chainOf } from '../src/ledger/chain.js'
import { checkBlock } from '../src/ledger/check-block.js'
import { checkHeaderInBranch } from '../src/ledger/check-header-in-branch.js'
import { decodeBlock } from '../src/ledger/decode-block.js'
import { encodeBlock } from '../src/ledger/encode-block.js'
import { blockSignatureChecks, verifySignatures } from '../src/ledger/signature-checks.js'
import { VerifyPool } from '../src/verification/verify-pool.js'
import { SignatureVerifier } from '../src/wallet/signature-verifier.js'
import { type Comparison, forInformation, reaches, type Row } from './row.js'
import { openBenchChain, SYNC_CHAIN, transferBlocks, trustAll } from './support/bench-chain.js'
import { inTotal } from './support/measure.js'
import { RAW_VERIFY, verifyRaw } from './support/raw-verify.js'
import { withFolder } from './support/with-folder.js'

const TRANSACTIONS = 100
/** Blocks of a turn; one write of the index takes in as many. */
const GROUP = 10
const WARM_UP_GROUPS = 10
const GROUPS = 30
/** Those that pay for the transfers come first. */
const FIRST_BLOCKS = 2

/** One-input transfers in blocks, taken from JSON text to the index on disk, against the bare rate of verifying signatures. */
export async function run(): Promise<Row[]> {
  const chain = chainOf(SYNC_CHAIN)
  const texts = await textsOf(chain)
  const threads = Math.max(1, availableParallelism() - 1)
  const pool = new VerifyPool({
    threads,
    onThreadDeath: (error) => {
      throw error
    },
  })
  const ruled = await compare(texts, trustAll, byRules(chain))
  const whole = await compare(texts, verifyHere(), byNode)
  const threaded = await compare(texts, pool.verifyAll, byNode)
  await pool.close()
  const row = (claim: string, comparison: Comparison) => ({
    claim: `one-input transfers in blocks, ${claim}`,
    unit: 'transactions/s',
    ceilingName: RAW_VERIFY,
    ...comparison,
  })
  return [
    reaches(0.6, row('read, judged by all rules and put into the index', ruled)),
    forInformation(row('and their files written', whole)),
    forInformation(row(`and their files written, ${threads} more for signatures`, threaded)),
  ]
}

/** JSON of the blocks, group by group. */
async function textsOf(chain: Chain): Promise<string[][]> {
  const groups: string[][] = []
  let group: string[] = []
  let height = 0
  const blocks = FIRST_BLOCKS + GROUP * (WARM_UP_GROUPS + GROUPS)
  for await (const block of transferBlocks(chain, blocks, TRANSACTIONS)) {
    group.push(JSON.stringify(encodeBlock(block)))
    height += 1
    if ((height - FIRST_BLOCKS) % GROUP !== 0) continue
    groups.push(group)
    group = []
  }
  return groups
}

type TakeIn = (open: OpenChain, texts: readonly string[]) => Promise<void> | void

function compare(texts: readonly string[][], verify: VerifyAll, takeIn: TakeIn): Promise<Comparison> {
  return withFolder(async (folder) => {
    const open = await openBenchChain(join(folder, 'node'), SYNC_CHAIN, verify)
    const first = 1 + WARM_UP_GROUPS
    for (const group of texts.slice(0, first)) await takeIn(open, group)
    const comparison = await inTotal(
      GROUPS,
      GROUP * TRANSACTIONS,
      (turn) => takeIn(open, texts[first + turn] ?? []),
      () => verifyRaw(GROUP * TRANSACTIONS),
    )
    const height = FIRST_BLOCKS + GROUP * (WARM_UP_GROUPS + GROUPS) - 1
    if (open.blockchain.height() !== height) throw new Error(`the chain ends at ${open.blockchain.height()}`)
    await open.close()
    return comparison
  })
}

function blocksOf(texts: readonly string[]): Block[] {
  return texts.map((text) => decodeBlock(parseJson(text)))
}

/** Every rule and the index, on this thread and without files. */
function byRules(chain: Chain): TakeIn {
  const verifier = new SignatureVerifier()
  return ({ blockchain }, texts) => {
    const { index, steps } = blockchain
    index.write(() => {
      for (const block of blocksOf(texts)) {
        const branch = blockchain.branch()
        checkBlock(block, chain)
        checkHeaderInBranch(block.header, branch, chain, Date.now())
        verifySignatures(blockSignatureChecks(block), (...check) => verifier.verify(...check))
        steps.connect(block, steps.effects(block, branch, chain))
      }
    })
  }
}

/** As a node takes in what another one sends. */
const byNode: TakeIn = async ({ blockchain }, texts) => {
  await blockchain.submitMany(blocksOf(texts))
}
