import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import type { Json } from '../../src/base/json.js'
import { parseJson } from '../../src/base/json.js'
import { chainId } from '../../src/ledger/chain-id.js'
import { chainOf } from '../../src/ledger/chain.js'
import { checkBlock } from '../../src/ledger/check-block.js'
import { type Branch, checkHeaderInBranch } from '../../src/ledger/check-header-in-branch.js'
import { contractPolicy } from '../../src/ledger/contracts/contract-policy.js'
import { connectBlock } from '../../src/ledger/connect-block.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import { encodeBlock } from '../../src/ledger/encode-block.js'
import { branchAfter } from '../../src/ledger/header-tree.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import {
  blockSignatureChecks,
  endorsementChecks,
  verifySignatures,
} from '../../src/ledger/signature-checks.js'
import { medianTimePast } from '../../src/ledger/timestamps.js'
import { disconnectBlock } from '../../src/ledger/undo.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { ruleBrokenBy } from './fixtures.js'
import { MemoryState } from './memory-ports.js'

const folder = new URL('../../blocks/', import.meta.url)
const read = (name: string): Json => parseJson(readFileSync(new URL(name, folder), 'utf8'))

interface ChainFile {
  readonly chain_id: string
  readonly settings: Record<string, number | string>
  readonly now: number
}

interface InvalidFile {
  readonly rule: string
  readonly what: string
  readonly height: number
  readonly block: Json
}

const file = read('chain.json') as unknown as ChainFile
const settings = settingsOf(file.settings)
const chain = chainOf(settings)
const count = readdirSync(folder).filter((name) => /^block\d+\.json$/.test(name)).length
const invalid = readdirSync(new URL('invalid/', folder)).map((name) => ({
  name,
  ...(read(`invalid/${name}`) as unknown as InvalidFile),
}))

const verifier = new SignatureVerifier()
const verify = (...args: Parameters<SignatureVerifier['verify']>): boolean => verifier.verify(...args)

const endorsementPolicy = contractPolicy((call) => {
  const valid = endorsementChecks(call).filter((each) => verify(each.publicKey, each.message, each.signature))
  return new Set(valid.map(({ publicKey }) => publicKey))
})

function settingsOf(json: ChainFile['settings']): ConsensusSettings {
  const camel: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(json)) {
    camel[key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] = value
  }
  return camel as unknown as ConsensusSettings
}

/** Every rule there is for a block, in the order a node checks them. Returns what connecting it changes. */
function judge(json: Json, state: MemoryState, branch: Branch | undefined) {
  const block = decodeBlock(json)
  checkBlock(block, chain)
  checkHeaderInBranch(block.header, branch, chain, file.now)
  verifySignatures(blockSignatureChecks(block), verify)
  const time = branch ? medianTimePast(branch.timestamps) : settings.genesisTime
  return { block, effects: connectBlock(block, state, chain, { medianTimePast: time, endorsementPolicy }) }
}

interface Place {
  readonly state: MemoryState
  readonly branch: Branch | undefined
}

/** The state below each height. */
const places: Place[] = []
const outcomes = new Map<number, readonly number[]>()

beforeAll(() => {
  let branch: Branch | undefined
  for (let height = 0; height < count; height++) {
    const state = stateAfter(height)
    places.push({ state, branch })
    const { block, effects } = judge(read(`block${height}.json`), state, branch)
    outcomes.set(height, effects.outcomes)
    branch = branchAfter(branch, block.header)
  }
})

/** A state of its own for each height, so that no test can spoil another's. */
function stateAfter(height: number): MemoryState {
  const state = new MemoryState()
  let branch: Branch | undefined
  for (let below = 0; below < height; below++) {
    const { block, effects } = judge(read(`block${below}.json`), state, branch)
    state.connect(block, effects)
    branch = branchAfter(branch, block.header)
  }
  return state
}

test('the chain id follows from the settings', () => {
  expect(chainId(settings)).toBe(file.chain_id)
})

test('every block of the reference chain keeps every rule', () => {
  expect(count).toBeGreaterThanOrEqual(24)
  expect(places).toHaveLength(count)
})

test('every block is written as a node writes it', () => {
  for (let height = 0; height < count; height++) {
    const json = read(`block${height}.json`)
    expect(encodeBlock(decodeBlock(json))).toEqual(json)
  }
})

test('UTX-10: every block comes off again without a trace', () => {
  for (const [height, { state, branch }] of places.entries()) {
    const before = state.snapshot()
    const { block, effects } = judge(read(`block${height}.json`), state, branch)
    state.connect(block, effects)
    state.disconnect(block, disconnectBlock(block, effects.undo))
    expect(state.snapshot()).toEqual(before)
  }
})

test.each([
  [8, [0, 0, 0]],
  [9, [0, 0]],
  [10, [0, 0]],
  [11, [0, 11]],
  [12, [0, 0, 12]],
  [13, [0, 9, 10, 25]],
  [14, [0, 0, 0]],
  [25, [0, 0, 9]],
])('the calls and outputs of block %i have the outcomes %p', (height, expected) => {
  expect(outcomes.get(height)).toEqual(expected)
})

test('the target falls with a fast pace, rises with a slow one, and stops at the limit', () => {
  const bits = (height: number): number => (read(`block${height}.json`) as { bits: number }).bits
  expect(bits(19)).toBeLessThan(bits(16))
  expect(bits(22)).toBeGreaterThan(bits(20))
  expect(bits(count - 1)).toBe(settings.powLimitBits)
})

test.each(invalid)('$name is refused by $rule: $what', ({ rule, height, block }) => {
  const place = places[height]
  if (!place) throw new Error(`there is no block ${height}`)
  expect(ruleBrokenBy(() => judge(block, place.state, place.branch))).toBe(rule)
})

/** Rules that no block in JSON can break: a header alone, bytes, and what undoing does. */
const NOT_OF_BLOCKS = ['HDR-1', 'HDR-10', 'UTX-10']

test('every rule that a block can break is broken by one of the wrong blocks', () => {
  const spec = ['chain', 'state'].map((name) =>
    readFileSync(new URL(`../../docs/spec/${name}.md`, import.meta.url), 'utf8'),
  )
  const rules = [...spec.join('\n').matchAll(/^- \*\*((?:TX|PAY|HDR|BLK|UTX)-\d+)\*\*/gm)].map(
    (match) => match[1],
  )
  const broken = new Set(invalid.map(({ rule }) => rule))
  expect(rules.filter((rule) => rule !== undefined && !broken.has(rule))).toEqual(NOT_OF_BLOCKS)
})
