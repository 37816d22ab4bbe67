import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { reindex as reindexCommand } from '../../src/app/commands/chain/reindex.js'
import { verify as verifyCommand } from '../../src/app/commands/chain/verify.js'
import type { Command } from '../../src/app/commands/command.js'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import { SettingsError } from '../../src/app/settings/errors.js'
import { account, removeFolder, TestClock } from '../support/chain.js'
import { startChainNode } from '../support/chain-node.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { terrarium } from '../support/terrarium.js'
import { BLOCKS, minedFolder, openDefaultChain, TRANSFER_HEIGHT } from './mined-folder.js'

// Whole processes, on machines that may be busy.
jest.setTimeout(60_000)

/** The folder of a node that mined a dozen blocks and is stopped. */
let original = ''

beforeAll(async () => {
  original = await minedFolder()
})

afterAll(() => removeFolder(original))

/** The folder again, for one test. */
async function copyOfFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), 'node')
  await cp(original, folder, { recursive: true })
  return folder
}

interface Run {
  readonly stdout: string
  /** What the command threw; the program prints its message and ends with status 1, or 2 for {@link SettingsError}. */
  readonly error: Error | undefined
}

/** Runs a command within this process. */
async function run(command: Command, args: readonly string[]): Promise<Run> {
  let stdout = ''
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text)
    return true
  })
  try {
    await command.run(args)
    return { stdout, error: undefined }
  } catch (error) {
    return { stdout, error: error as Error }
  } finally {
    write.mockRestore()
  }
}

const verify = (folder: string, ...args: string[]) => run(verifyCommand, ['--dir', folder, ...args])
const reindex = (folder: string) => run(reindexCommand, ['--dir', folder])

/** What verify says of a sound chain. */
function sound(blocks: number, transactions: number): Run {
  return { stdout: `${blocks} blocks with ${transactions} transactions keep every rule\n`, error: undefined }
}

/** The message of a command that printed nothing and failed. */
function faultIn({ stdout, error }: Run): string {
  expect(stdout).toBe('')
  expect(error).toBeDefined()
  return error?.message ?? ''
}

function blockPath(folder: string, height: number): string {
  return join(folder, 'blocks', `block${height}.json`)
}

interface BlockText {
  nonce: string
  transactions: { outputs: { amount: number }[]; signatures: { signature: string }[] }[]
}

async function changeBlock(
  folder: string,
  height: number,
  change: (block: BlockText) => void,
): Promise<void> {
  const path = blockPath(folder, height)
  const block = JSON.parse(await readFile(path, 'utf8')) as BlockText
  change(block)
  await writeFile(path, JSON.stringify(block))
}

/** The text with another hex digit at a place. */
function otherDigit(text: string, place: number): string {
  return text.slice(0, place) + (text[place] === '0' ? '1' : '0') + text.slice(place + 1)
}

function changeNonce(block: BlockText): void {
  block.nonce = otherDigit(block.nonce, 15)
}

function changeAmount({ transactions: [coinbase] }: BlockText): void {
  for (const output of coinbase?.outputs ?? []) output.amount -= 1
}

function changeSignature({ transactions: [, transfer] }: BlockText): void {
  for (const each of transfer?.signatures ?? []) each.signature = otherDigit(each.signature, 0)
}

function dropTransaction({ transactions }: BlockText): void {
  transactions.pop()
}

/** Every file with the hash of its content. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const content: Record<string, string> = {}
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    content[path] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  return content
}

test('verify counts the blocks and transactions of a sound chain and changes nothing in its folder', async () => {
  const folder = await copyOfFolder()
  const before = await contentOf(folder)
  expect(Object.keys(before).length).toBeGreaterThan(BLOCKS)
  expect(await verify(folder)).toEqual(sound(BLOCKS, BLOCKS + 1))
  expect(await contentOf(folder)).toEqual(before)
})

test.each([
  [['--to', '4'], 5, 5],
  [['--from', '8'], 4, 5],
  [['--from', '3', '--to', '6'], 4, 4],
  [['--to', '999'], BLOCKS, BLOCKS + 1],
] as const)('verify %j reports on those heights alone', async (args, blocks, transactions) => {
  expect(await verify(original, ...args)).toEqual(sound(blocks, transactions))
})

test.each([
  ['a nonce', 'HDR-11', 6, changeNonce],
  ['an amount', 'BLK-6', 5, changeAmount],
  ['a signature', 'TX-22', TRANSFER_HEIGHT, changeSignature],
  ['the list of transactions', 'BLK-3', TRANSFER_HEIGHT, dropTransaction],
] as const)('verify, after %s was changed, names rule %s at block %i', async (_, rule, height, change) => {
  const folder = await copyOfFolder()
  await changeBlock(folder, height, change)
  const before = await contentOf(folder)
  expect(faultIn(await verify(folder))).toMatch(new RegExp(`^block ${height} breaks rule ${rule}: .+$`))
  expect(await contentOf(folder)).toEqual(before)
  const blocksBelow = await verify(folder, '--to', String(height - 1))
  expect(blocksBelow.error).toBeUndefined()
})

test('verify checks signatures from the height of --from on', async () => {
  const folder = await copyOfFolder()
  await changeBlock(folder, TRANSFER_HEIGHT, changeSignature)
  expect(faultIn(await verify(folder, '--from', String(TRANSFER_HEIGHT)))).toContain('TX-22')
  expect(await verify(folder, '--from', String(TRANSFER_HEIGHT + 1))).toEqual(sound(3, 3))
})

test('verify names the file that is missing', async () => {
  const folder = await copyOfFolder()
  await rm(blockPath(folder, 7))
  expect(faultIn(await verify(folder))).toContain(`${blockPath(folder, 7)} cannot be read`)
})

test('verify names the file that is torn, and leaves it', async () => {
  const folder = await copyOfFolder()
  const half = (await readFile(blockPath(folder, 7), 'utf8')).slice(0, 300)
  await writeFile(blockPath(folder, 7), half)
  expect(faultIn(await verify(folder))).toContain(`${blockPath(folder, 7)} is torn`)
  expect(await readFile(blockPath(folder, 7), 'utf8')).toBe(half)
})

test('verify tells a block that stands under the height of another by HDR-16', async () => {
  const folder = await copyOfFolder()
  await cp(blockPath(folder, 6), blockPath(folder, 7))
  expect(faultIn(await verify(folder))).toMatch(/^block 7 breaks rule HDR-16: /)
})

test('verify tells the blocks of another chain by TX-11', async () => {
  const folder = await copyOfFolder()
  const foreign = { ...DEFAULTS.blockchain, name: 'another' }
  await writeFile(join(folder, 'blockchain.json'), JSON.stringify(foreign))
  expect(faultIn(await verify(folder))).toMatch(/^block 0 breaks rule (HDR-14|TX-11): /)
})

test.each([
  ['no folder', 'nowhere', undefined],
  ["a folder that is no node's", 'empty', undefined],
  ['a folder without blocks', 'blockless', DEFAULTS.blockchain],
])('verify tells %s in one line that names it', async (_, name, info) => {
  const folder = join(await temporaryFolder(), name)
  if (name !== 'nowhere') await mkdir(folder)
  if (info) await writeFile(join(folder, 'blockchain.json'), JSON.stringify(info))
  const fault = faultIn(await verify(folder))
  expect(fault).toContain(folder)
  expect(fault).not.toContain('\n')
})

test('reindex makes no node of a folder that is none', async () => {
  const folder = join(await temporaryFolder(), 'empty')
  await mkdir(folder)
  expect(faultIn(await reindex(folder))).toContain(folder)
  expect(await readdir(folder)).toEqual([])
})

test.each([
  [['--from', '-1'], '--from takes a whole number'],
  [['--to', 'last'], '--to takes a whole number'],
  [['--colour', 'red'], 'colour'],
] as const)('verify %j is a fault of usage', async (args, reason) => {
  const { error } = await verify(original, ...args)
  expect(error).toBeInstanceOf(SettingsError)
  expect(error?.message).toContain(reason)
})

test('reindex rebuilds a lost index from the blocks, which stay as they are', async () => {
  const folder = await copyOfFolder()
  await rm(join(folder, 'index'), { recursive: true })
  const before = await contentOf(join(folder, 'blocks'))
  expect(await reindex(folder)).toEqual({
    stdout: `rebuilt the index of ${BLOCKS} blocks\n`,
    error: undefined,
  })
  expect(await contentOf(join(folder, 'blocks'))).toEqual(before)
  const chain = await openDefaultChain(folder, new TestClock())
  afterThisTest(() => chain.close())
  expect(chain.blockchain.height()).toBe(BLOCKS - 1)
  expect(chain.blockchain.index.addressTotals(account(1).address).balance).toBe(100_000_000)
})

test('beside a running node verify reads its folder, and reindex is refused until it stops', async () => {
  const { node, mine: mineOn } = await startChainNode()
  await mineOn(3)
  expect(await terrarium(['chain', 'verify', '--dir', node.dir])).toMatchObject({
    code: 0,
    stdout: '3 blocks with 3 transactions keep every rule\n',
  })
  const refused = await terrarium(['chain', 'reindex', '--dir', node.dir])
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^terrarium chain reindex: [^\n]*in use[^\n]*\n$/)
  await mineOn(1)
  await node.stop()
  expect(await terrarium(['chain', 'reindex', '--dir', node.dir])).toMatchObject({
    code: 0,
    stdout: 'rebuilt the index of 4 blocks\n',
  })
})

test('reindex of damaged blocks keeps the chain below the damage', async () => {
  const folder = await copyOfFolder()
  await changeBlock(folder, 5, changeAmount)
  expect((await reindex(folder)).stdout).toBe('rebuilt the index of 5 blocks\n')
  expect(await verify(folder)).toEqual(sound(5, 5))
})
