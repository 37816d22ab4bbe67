import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson } from '../../src/base/canonical-json.js'
import { deployment } from '../../src/ledger/contracts/lifecycle.js'
import { hashedKey } from '../../src/ledger/contracts/namespaces.js'
import { binaryOf } from '../../src/ledger/payload/binary.js'
import type { KeyWrite } from '../../src/ledger/payload/key-access.js'
import { compareUtf8 } from '../../src/ledger/text.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { keyPolicyOf } from '../ledger/contracts/key-policies.js'
import { by, chain, definition, member, policy, WRONG } from '../ledger/contracts/make-contracts.js'
import { callOf, hashText, START } from '../ledger/make-chain.js'
import { IndexChain } from './index-chain.js'
import { at, type NaiveState, replay } from './naive-contracts.js'

const CONTRACTS = ['basic', 'front']
const NAMESPACES = [
  'basic',
  'basic',
  'basic/meta',
  'front',
  'basic/private/secrets',
  'basic/private/secrets/meta',
  'basic/private/_implicit_org_Org2MSP',
  'front/private/secrets',
  '_lifecycle',
]
const KEYS = ['', 'a', '\uff5e', '\u{1f600}']
const keyPolicies = new Map(['Org1MSP', 'Org2MSP'].map((mspId) => [keyPolicyOf('MEMBER', mspId), mspId]))
const METADATA = ['{}', canonicalJson({ note: '01' }), ...[...keyPolicies.keys()].map(withPolicy)]

function withPolicy(hex: string): string {
  return canonicalJson({ VALIDATION_PARAMETER: hex })
}

const nodes = fc.uniqueArray(fc.constantFrom('node1', 'node2'), { maxLength: 2 })
const picks = fc.array(fc.nat(), { minLength: 4, maxLength: 4 })
const made = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deploy' as const),
      name: fc.constantFrom(...CONTRACTS),
      organisations: fc.constantFrom([1], [2], [1, 2]),
      invoker: fc.constantFrom('deployer', 'deployer', 'deployer', 'thief'),
      secrets: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      contract: fc.constantFrom(...CONTRACTS),
      writes: fc.array(picks, { maxLength: 3 }),
      read: fc.option(picks),
      endorsers: fc.oneof(fc.constant(['node1', 'node2']), nodes),
      isForged: fc.nat(9).map((roll) => roll === 0),
      repeats: fc.nat(9).map((roll) => roll === 0),
    }),
  },
)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.array(made, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant('take off' as const) },
)
type Made = typeof made extends fc.Arbitrary<infer M> ? M : never

const open: IndexChain[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function indexChain(): Promise<IndexChain> {
  const opened = await IndexChain.open(chain, policy)
  open.push(opened)
  return opened
}

const met = new Set<number>()
let count = 0

function transactionOf(wanted: Made, { index }: IndexChain): Transaction {
  count += 1
  if (wanted.kind === 'deploy') {
    const { name, organisations, invoker, secrets } = wanted
    const collection = {
      name: 'secrets',
      memberPolicy: member('Org1MSP'),
      memberOnlyRead: true,
      memberOnlyWrite: true,
      blockToLive: 0,
      endorsementPolicy: member('Org1MSP'),
    }
    const next = definition(name, organisations, { collections: secrets ? [collection] : [] })
    return callOf(chain, invoker, `call ${count}`, deployment(index, next))
  }
  const { contract, writes, read, endorsers, isForged, repeats } = wanted
  const [a = 0, b = 0, c = 0] = read ?? []
  const place = placeOf(a, b)
  const version = index.worldValue(place.namespace, place.key)?.version ?? null
  const { endorsements } = by(...endorsers)
  return callOf(
    chain,
    'caller',
    `call ${repeats ? count - 1 : count}`,
    {
      contract,
      writes: sorted(writes.map(writeOf)),
      reads: read ? [{ ...place, version: c % 4 === 0 ? { height: 0, index: 9 } : version }] : [],
      endorsements: isForged ? endorsements.map((each) => ({ ...each, signature: WRONG })) : endorsements,
    },
    START + count,
  )
}

function placeOf(a: number, b: number): { readonly namespace: string; readonly key: string } {
  const namespace = NAMESPACES[a % NAMESPACES.length] as string
  const key = KEYS[b % KEYS.length] as string
  return { namespace, key: namespace.includes('/private/') ? hashedKey(key) : key }
}

function writeOf([a = 0, b = 0, c = 0, d = 0]: readonly number[]): KeyWrite {
  const place = placeOf(a, b)
  if (d % 3 === 0) return { ...place, value: null }
  if (place.namespace.endsWith('/meta'))
    return { ...place, value: { text: METADATA[c % METADATA.length] as string } }
  if (place.namespace.includes('/private/')) return { ...place, value: { hex: hashText(String(c % 5)) } }
  return { ...place, value: binaryOf(Buffer.from([c % 256])) }
}

/** As a payload has them: in order, none twice. */
function sorted(writes: readonly KeyWrite[]): readonly KeyWrite[] {
  const different = new Map(writes.map((each) => [at(each.namespace, each.key), each]))
  return [...different.values()].sort(
    (a, b) => compareUtf8(a.namespace, b.namespace) || compareUtf8(a.key, b.key),
  )
}

function worldIn({ index }: IndexChain, naive: NaiveState): unknown {
  const namespaces = new Set([...NAMESPACES, ...NAMESPACES.map((each) => `${each}/meta`)])
  const found = [...namespaces].flatMap((namespace) =>
    [...index.worldRange(namespace, '', '')].map(
      ({ key, value, version }) => [at(namespace, key), { value, version }] as const,
    ),
  )
  const snapshot = index.snapshot()
  const history = [...naive.history.keys()].map((place) => {
    const [namespace = '', key = ''] = JSON.parse(place) as string[]
    const entries = [...snapshot.history(namespace, key)]
    return [
      place,
      entries.map(({ value, ...rest }) => ({ ...rest, value: value && binaryOf(value) })),
    ] as const
  })
  snapshot.close()
  return { world: new Map(found), history: new Map(history) }
}

const holds = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
  const chainOfSteps = await indexChain()
  for (const wanted of steps) {
    if (wanted === 'take off') {
      if (chainOfSteps.blocks.length > 0) chainOfSteps.takeOff()
      continue
    }
    const transactions = wanted.map((each) => transactionOf(each, chainOfSteps))
    const outcomes = chainOfSteps.mine(...transactions)
    const naive = replay(chainOfSteps.blocks, keyPolicies)
    expect(outcomes).toEqual(naive.outcomes.at(-1)?.slice(1))
    for (const code of outcomes) met.add(code)
  }
  const naive = replay(chainOfSteps.blocks, keyPolicies)
  expect(worldIn(chainOfSteps, naive)).toEqual({ world: naive.world, history: naive.history })
  for (const call of naive.calls) expect(chainOfSteps.index.hasCall(call)).toBe(true)
  const again = await indexChain()
  for (const block of chainOfSteps.blocks) again.put(block)
  expect([...again.index.contents()]).toEqual([...chainOfSteps.index.contents()])
  for (const each of open.splice(0)) await each.close()
})

test('whatever is deployed, called and taken off, the index holds what a plain replay of its blocks gives', async () => {
  await fc.assert(holds, { numRuns: 15 })
})

test('so it does in runs that meet every outcome', async () => {
  met.clear()
  await fc.assert(holds, { numRuns: 25, seed: 1 })
  expect([...met].sort((a, b) => a - b)).toEqual([0, 9, 10, 11, 24, 25, 255])
})
