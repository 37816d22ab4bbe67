import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { AddressPolicy } from '../../src/nodes/address-policy.js'
import { KnownNodes, type KnownNodesOptions } from '../../src/nodes/known-nodes.js'
import type { ProfileRules } from '../../src/nodes/profile.js'
import { canonicalRecord, keyOf, type NodeRecord } from '../../src/nodes/record.js'

const SELF: NodeRecord = { ip_address: '127.0.0.1', port: 1 }
const SEED: NodeRecord = { ip_address: '127.0.0.1', port: 2 }

const RULES: ProfileRules = {
  admittedRanges: ['loopback', 'private'],
  verifyBeforeListing: false,
  requireChainId: false,
  maxFailures: 1,
  maxCandidates: 4,
  maxCandidatesPerSource: 2,
  banMs: 0,
  requestsPerSecond: 0,
}

const SHUN_MS = 100

function knownNodes(rules: Partial<ProfileRules> = {}, options: Partial<KnownNodesOptions> = {}) {
  let nowMs = 0
  const known = new KnownNodes({
    rules: { ...RULES, ...rules },
    policy: new AddressPolicy(RULES.admittedRanges),
    limit: 3,
    shunMs: SHUN_MS,
    isSelf: (record) => keyOf(record) === keyOf(SELF),
    isSeed: (record) => keyOf(record) === keyOf(SEED),
    now: () => nowMs,
    onChange: () => undefined,
    ...options,
  })
  return { known, pass: (ms: number) => (nowMs += ms) }
}

const node = (port: number): NodeRecord => ({ ip_address: '127.0.0.1', port })

/** Few addresses in many spellings, so that runs meet the same node again; some that must never get in. */
const record: fc.Arbitrary<NodeRecord> = fc.record({
  ip_address: fc.constantFrom('127.0.0.1', '::ffff:127.0.0.1', '::FFFF:7f00:1', '10.0.0.1', '169.254.169.254', '8.8.8.8'),
  port: fc.integer({ min: 1, max: 12 }),
})
const source = fc.constantFrom('a', 'b', 'c')

type Step = (known: KnownNodes, pass: (ms: number) => unknown, model: Model) => void

/** What must be true of the nodes by what was done to them, and nothing about how. */
class Model {
  /** Nodes that answered, or were restored, and were not dropped since. */
  readonly trusted = new Set<string>()
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(record, source).map(([r, s]): Step => (known) => void known.introduce(r, s)),
  fc.tuple(record, source).map(([r, s]): Step => (known) => void known.hear(r, s)),
  record.map(
    (r): Step =>
      (known, _, model) => {
        known.confirm(canonicalRecord(r))
        model.trusted.add(keyOf(canonicalRecord(r)))
      },
  ),
  dropping((known, r) => void known.fail(r)),
  dropping((known, r) => known.ban(r)),
  dropping((known, r) => void known.remove(r)),
  fc.array(record, { maxLength: 9 }).map(
    (records): Step =>
      (known, _, model) => {
        known.restore(records)
        for (const r of records) model.trusted.add(keyOf(canonicalRecord(r)))
      },
  ),
  fc.constant<Step>((known) => known.forgiveAll()),
  fc.nat(3 * SHUN_MS).map((ms): Step => (_, pass) => void pass(ms)),
)

function dropping(drop: (known: KnownNodes, record: NodeRecord) => void): fc.Arbitrary<Step> {
  return record.map((r): Step => (known, _, model) => {
    drop(known, canonicalRecord(r))
    if (!known.list().some((listed) => keyOf(listed) === keyOf(canonicalRecord(r)))) model.trusted.delete(keyOf(canonicalRecord(r)))
  })
}

const rules = fc.record({
  verifyBeforeListing: fc.boolean(),
  maxFailures: fc.integer({ min: 1, max: 3 }),
  banMs: fc.constantFrom(0, 500),
})

/** Runs the steps; `holds` must be true after each. */
function always(holds: (known: KnownNodes, model: Model, rules: Partial<ProfileRules>) => boolean): void {
  fc.assert(
    fc.property(rules, fc.array(step, { maxLength: 60 }), (given, steps) => {
      const { known, pass } = knownNodes(given)
      const model = new Model()
      return steps.every((run) => {
        run(known, pass, model)
        return holds(known, model, given)
      })
    }),
    { numRuns: 300 },
  )
}

describe('whatever is done to the known nodes', () => {
  test('no more than twice the limit are listed', () => {
    always((known) => known.list().length <= 6)
  })

  test('this node, the seed server and addresses that are not admitted are neither listed nor dialled', () => {
    const isNode = (r: NodeRecord) =>
      ![keyOf(SELF), keyOf(SEED)].includes(keyOf(r)) && ['127.0.0.1', '10.0.0.1'].includes(r.ip_address)
    always((known) => [...known.list(), ...known.candidates()].every(isNode))
  })

  test('no node is there twice, in whatever spelling', () => {
    always((known) => {
      const keys = [...known.list(), ...known.candidates()].map((r) => keyOf(canonicalRecord(r)))
      return new Set(keys).size === keys.length
    })
  })

  test('a profile that verifies lists only nodes that answered', () => {
    always((known, model, { verifyBeforeListing }) => {
      return !verifyBeforeListing || known.list().every((r) => model.trusted.has(keyOf(r)))
    })
  })

  test('isBelowLimit says whether fewer than the limit are listed', () => {
    always((known) => known.isBelowLimit() === known.list().length < 3)
  })

  test('the caps on candidates hold, in all and for each source', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(record, source, fc.boolean()), { maxLength: 60 }), (named) => {
        const { known } = knownNodes({ verifyBeforeListing: true })
        const bySource = new Map<string, number>()
        for (const [r, s, speaksForItself] of named) {
          const before = known.candidates().length
          if (speaksForItself) known.introduce(r, s)
          else known.hear(r, s)
          bySource.set(s, (bySource.get(s) ?? 0) + known.candidates().length - before)
        }
        expect(known.candidates().length).toBeLessThanOrEqual(RULES.maxCandidates)
        expect(Math.max(0, ...bySource.values())).toBeLessThanOrEqual(RULES.maxCandidatesPerSource)
      }),
    )
  })
})

describe('a dropped node', () => {
  test('is not listed again on hearsay while it is shunned, and only after an answer from then on', () => {
    const { known, pass } = knownNodes()
    known.hear(node(5), 'a')
    expect(known.fail(node(5))).toBe(true)
    expect(known.hear(node(5), 'a')).toBe('shunned')
    pass(SHUN_MS)
    expect([known.hear(node(5), 'a'), known.list()]).toEqual(['candidate', []])
    known.confirm(node(5))
    expect(known.list()).toEqual([node(5)])
  })

  test('is shunned twice as long each further time, up to an hour', () => {
    const { known, pass } = knownNodes()
    for (let expected = SHUN_MS, time = 1; time <= 30; time++, expected = Math.min(2 * expected, 3_600_000)) {
      known.fail(node(5))
      pass(expected - 1)
      expect([time, known.hear(node(5), 'a')]).toEqual([time, 'shunned'])
      pass(1)
      expect([time, known.hear(node(5), 'a')]).toEqual([time, 'candidate'])
    }
  })

  test('comes back at once by introducing itself', () => {
    const { known } = knownNodes()
    known.hear(node(5), 'a')
    known.fail(node(5))
    expect(known.introduce(node(5), 'a')).toBe('listed')
  })

  test('does not come back by introducing itself while it is banned', () => {
    const { known, pass } = knownNodes({ banMs: 1000 })
    known.hear(node(5), 'a')
    known.ban(node(5))
    expect([known.introduce(node(5), 'a'), known.list()]).toEqual(['shunned', []])
    pass(1000)
    expect(known.introduce(node(5), 'a')).toBe('listed')
  })

  test('stays for as many failures in a row as the profile bears', () => {
    const { known } = knownNodes({ maxFailures: 3 })
    known.hear(node(5), 'a')
    expect([known.fail(node(5)), known.fail(node(5))]).toEqual([false, false])
    known.confirm(node(5))
    expect([known.fail(node(5)), known.fail(node(5)), known.fail(node(5))]).toEqual([false, false, true])
  })

  test('goes when it keeps its list to itself, however well it greets', () => {
    const { known } = knownNodes({ maxFailures: 3 })
    known.hear(node(5), 'a')
    const round = (): boolean => {
      known.confirm(node(5))
      return known.fail(node(5), 'list')
    }
    expect([round(), round()]).toEqual([false, false])
    known.told(node(5))
    expect([round(), round(), round()]).toEqual([false, false, true])
  })
})

test('one source cannot keep the others from naming candidates', () => {
  const { known } = knownNodes({ verifyBeforeListing: true })
  const outcomes = [5, 6, 7].map((port) => known.hear(node(port), 'liar'))
  expect([...outcomes, known.hear(node(8), 'friend')]).toEqual(['candidate', 'candidate', 'full', 'candidate'])
})

test('what an earlier run knew is restored in one spelling, without this node and the seed server', () => {
  const { known } = knownNodes()
  const mapped = (port: number): NodeRecord => ({ ip_address: '::ffff:127.0.0.1', port })
  known.restore([mapped(1), mapped(2), mapped(5), node(5), { ip_address: '169.254.169.254', port: 80 }])
  expect(known.list()).toEqual([node(5)])
})

test('onChange follows every change of the list and nothing else', () => {
  let changes = 0
  const { known } = knownNodes({}, { onChange: () => changes++ })
  known.hear(node(5), 'a')
  known.hear(node(5), 'b')
  known.hear(SELF, 'a')
  known.confirm(node(5))
  expect(changes).toBe(1)
  known.remove(node(5))
  known.remove(node(5))
  expect(changes).toBe(2)
})

test('a list handed out never changes', () => {
  const { known } = knownNodes()
  known.hear(node(5), 'a')
  const before = known.list()
  known.hear(node(6), 'a')
  expect([before, known.list()]).toEqual([[node(5)], [node(5), node(6)]])
})

test('a new chain gives every dropped node another chance', () => {
  const { known } = knownNodes()
  known.hear(node(5), 'a')
  known.fail(node(5))
  known.forgiveAll()
  expect(known.hear(node(5), 'a')).toBe('listed')
})
