import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { openChain, type OpenChain } from '../../src/app/open-chain.js'
import { blockTemplate, withNonce } from '../../src/chain/block-template.js'
import type { Block } from '../../src/ledger/block.js'
import { compactToTarget } from '../../src/ledger/difficulty.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import { verifySignatures } from '../../src/ledger/signature-checks.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { developmentWallet } from '../../src/wallet/development-accounts.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'

/** A chain for tests: no retarget, short maturity, the easiest work. */
export const TEST_SETTINGS: ConsensusSettings = {
  name: 'test',
  blockTime: 1,
  blockReward: 150_000_000,
  coinbaseMaturity: 1,
  powLimitBits: 0x207fffff,
  retarget: 'none',
  halfLifeBlocks: 24,
  genesisTime: 1_767_225_600_000,
  maxFutureMs: 60_000,
  maxTransactionAgeMs: 86_400_000,
  maxBlockBytes: 4_000_000,
  maxTransactionBytes: 1_000_000,
  maxTransactionParts: 1000,
}

const verifier = new SignatureVerifier()

export const wallet = await developmentWallet()

export const verifyHere = (checks: Parameters<typeof verifySignatures>[0]): Promise<void> =>
  new Promise((resolve) => {
    verifySignatures(checks, (...args) => verifier.verify(...args))
    resolve()
  })

/** Account n of the development wallet. */
export function account(n: number) {
  const found = wallet.accounts[n]
  if (!found) throw new Error(`there is no development account ${n}`)
  return found
}

/** A clock that tests move. */
export class TestClock {
  nowMs = TEST_SETTINGS.genesisTime + 1000
  readonly now = (): number => this.nowMs
}

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'terrarium-'))
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

export function openTestChain(
  folder: string,
  clock: TestClock,
  options: { rebuild?: boolean; settings?: Partial<ConsensusSettings>; maxBranchDepth?: number } = {},
): Promise<OpenChain> {
  return openChain({
    folder,
    files: { blocksFolder: 'blocks', blockTemplate: 'block' },
    settings: { ...TEST_SETTINGS, ...options.settings },
    verify: verifyHere,
    now: clock.now,
    log: pino({ level: 'silent' }),
    rebuild: options.rebuild ?? false,
    ...(options.maxBranchDepth === undefined ? {} : { maxBranchDepth: options.maxBranchDepth }),
  })
}

/** Finds a nonce; at test difficulty that takes a few tries. */
export function solve(block: Block): Block {
  const target = compactToTarget(block.header.bits) ?? 0n
  for (let nonce = 0; ; nonce++) {
    const candidate = withNonce(block, nonce.toString(16).padStart(16, '0'))
    if (BigInt(`0x${candidate.header.hash}`) <= target) return candidate
  }
}

/** Mines the next block of an open chain, a second after the last. */
export async function mine(chain: OpenChain, clock: TestClock, address = account(0).address): Promise<Block> {
  clock.nowMs += 1000
  const template = await chain.blockchain.alone(() =>
    blockTemplate(chain.blockchain, chain.pending.pool, address, clock.nowMs),
  )
  const block = solve(template)
  await chain.blockchain.submit(block)
  return block
}

export function ids(transactions: Iterable<Transaction>): string[] {
  return [...transactions].map(({ id }) => id)
}
