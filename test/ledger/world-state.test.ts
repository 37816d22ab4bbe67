import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Block } from '../../src/ledger/block.js'
import { connectBlock } from '../../src/ledger/connect-block.js'
import type { EndorsementPolicy } from '../../src/ledger/judge-call.js'
import type { KeyVersion, KeyWrite, RangeRead } from '../../src/ledger/payload/key-access.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { type OutputPayload, outputId } from '../../src/ledger/payload/output.js'
import { type BlockUndo, disconnectBlock } from '../../src/ledger/undo.js'
import { VALIDATION_CODE, type ValidationCode } from '../../src/ledger/validation-code.js'
import { WorldOverlay } from '../../src/ledger/world-overlay.js'
import {
  blockOf,
  callOf,
  callPayload,
  coinbaseOf,
  outpointOf,
  outputOf,
  outputTo,
  REWARD,
  START,
  testChain,
  transactionOf,
  transferOf,
} from './make-chain.js'
import { MemoryState } from './memory-ports.js'

const chain = testChain()
const { VALID, DUPLICATE_TXID, MVCC_READ_CONFLICT, PHANTOM_READ_CONFLICT } = VALIDATION_CODE

const acceptAll: EndorsementPolicy = () => VALID

/** Puts calls in one block on top of `blocks` others; their codes, the coinbase's left out. */
class World extends MemoryState {
  #parent = blockOf(chain, undefined)
  readonly #mined: { readonly block: Block; readonly undo: BlockUndo }[] = []

  constructor() {
    super()
    this.connect(this.#parent, connectBlock(this.#parent, this, chain, this.#context(acceptAll)))
  }

  get tip() {
    return this.#parent
  }

  mine(transactions: readonly Transaction[], policy = acceptAll): readonly ValidationCode[] {
    const block = blockOf(chain, this.#parent.header, { transactions })
    const effects = connectBlock(block, this, chain, this.#context(policy))
    const before = this.snapshot()
    this.connect(block, effects)
    const after = this.snapshot()
    this.disconnect(block, disconnectBlock(block, effects.undo))
    expect(this.snapshot()).toEqual(before)
    this.connect(block, effects)
    expect(this.snapshot()).toEqual(after)
    this.#parent = block
    this.#mined.push({ block, undo: effects.undo })
    return effects.outcomes.slice(1)
  }

  takeOff(blocks: number): void {
    for (const { block, undo } of this.#mined.splice(-blocks).reverse())
      this.disconnect(block, disconnectBlock(block, undo))
  }

  #context(endorsementPolicy: EndorsementPolicy) {
    return { medianTimePast: START, endorsementPolicy }
  }
}

let calls = 0
function call(changes: Parameters<typeof callPayload>[2]): Transaction {
  calls += 1
  return callOf(chain, 'a', `call ${calls}`, changes)
}

function put(key: string, text: string): KeyWrite {
  return { namespace: 'c', key, value: { text } }
}

function del(key: string): KeyWrite {
  return { namespace: 'c', key, value: null }
}

function reading(key: string, version: KeyVersion | null, ...writes: readonly KeyWrite[]): Transaction {
  return call({ reads: [{ namespace: 'c', key, version }], writes })
}

function scanning(range: Partial<RangeRead>, ...writes: readonly KeyWrite[]): Transaction {
  const all = { namespace: 'c', start: '', end: '', exhausted: true, results: [], ...range }
  return call({ rangeReads: [all], writes })
}

describe('the world state', () => {
  test("WS-1: a valid call's writes stand under the version of its place in the chain", () => {
    const world = new World()
    expect(world.mine([call({ writes: [put('k', 'one')] }), call({ writes: [put('l', 'two')] })])).toEqual([
      0, 0,
    ])
    expect(world.worldValue('c', 'k')).toEqual({ value: { text: 'one' }, version: { height: 1, index: 1 } })
    expect(world.worldValue('c', 'l')?.version).toEqual({ height: 1, index: 2 })
    expect(world.worldValue('other', 'k')).toBeUndefined()
  })

  test('WS-1: a later write replaces an earlier one of its block, and null deletes', () => {
    const world = new World()
    world.mine([
      call({ writes: [put('k', 'one'), put('l', 'one')] }),
      call({ writes: [del('k'), put('l', 'two')] }),
    ])
    expect(world.worldValue('c', 'k')).toBeUndefined()
    expect(world.worldValue('c', 'l')?.value).toEqual({ text: 'two' })
    expect(world.mine([call({ writes: [del('l')] }), call({ writes: [del('never')] })])).toEqual([0, 0])
    expect(world.world.size).toBe(0)
  })

  test('WS-2: keys are in the order of their UTF-8 bytes, where U+FF5E comes before U+1F600', () => {
    const world = new World()
    world.mine([call({ writes: [put('\uff5e', 'a'), put('\u{1f600}', 'b')] })])
    const version = { height: 1, index: 1 }
    const inBytes = ['\uff5e', '\u{1f600}'].map((key) => ({ key, version }))
    expect(world.mine([scanning({ results: inBytes })])).toEqual([VALID])
    expect(world.mine([scanning({ end: '\u{1f600}', results: inBytes.slice(0, 1) })])).toEqual([VALID])
    expect(world.mine([scanning({ end: '\u{1f600}', results: inBytes })])).toEqual([PHANTOM_READ_CONFLICT])
  })

  test('WS-3: a call id takes effect once, in one block and across blocks', () => {
    const world = new World()
    const once = callOf(chain, 'a', 'same', { writes: [put('k', '1')] }, START)
    const again = callOf(chain, 'a', 'same', { writes: [put('k', '1')] }, START + 1)
    const later = callOf(chain, 'a', 'same', { writes: [put('k', '1')] }, START + 2)
    expect(world.mine([once, again])).toEqual([VALID, DUPLICATE_TXID])
    expect(world.mine([later])).toEqual([DUPLICATE_TXID])
    expect(world.worldValue('c', 'k')?.version).toEqual({ height: 1, index: 1 })
  })

  test('WS-3: a call that took no effect does not use up its id', () => {
    const world = new World()
    const stale = { reads: [{ namespace: 'c', key: 'k', version: { height: 0, index: 0 } }] }
    expect(world.mine([callOf(chain, 'a', 'retried', stale)])).toEqual([MVCC_READ_CONFLICT])
    expect(world.mine([callOf(chain, 'a', 'retried', {})])).toEqual([VALID])
  })

  test('WS-9: what is answered once is answered, in one block, across blocks and after a reorg', () => {
    const world = new World()
    const [once, again, later] = [1, 2, 3].map((n) => outputOf(chain, 'a', 'order', n))
    if (!once || !again || !later) throw new Error('three are made')
    const others = [outputOf(chain, 'b', 'order'), outputOf(chain, 'a', 'another order')]
    const block = blockOf(chain, world.tip.header, { transactions: [later] })
    expect(world.mine([once, ...others, again])).toEqual([VALID, VALID, VALID, DUPLICATE_TXID])
    expect(world.mine([later])).toEqual([DUPLICATE_TXID])
    world.takeOff(2)
    const effects = connectBlock(block, world, chain, { medianTimePast: START, endorsementPolicy: acceptAll })
    expect(effects.outcomes).toEqual([VALID, VALID])
    world.connect(block, effects)
    expect([...world.calls]).toEqual([outputId(later.payload as OutputPayload)])
  })

  test('WS-9: a call whose id is made of the same invocation stands in the way of no output', () => {
    const world = new World()
    const output = outputOf(chain, 'a', 'order')
    const callId = outputId(output.payload as OutputPayload).slice(2)
    expect(world.mine([call({ callId }), output])).toEqual([VALID, VALID])
  })

  test('WS-4: the code of the endorsement policy stands before conflicts, and the policy sees the state right before', () => {
    const world = new World()
    const seen: unknown[] = []
    const policy: EndorsementPolicy = (payload, view) => {
      seen.push(view.worldValue('c', 'k')?.value)
      return payload.endorsements.length > 0 ? VALID : VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE
    }
    const endorsements = [{ publicKey: '', signature: '' }]
    const writing = call({ writes: [put('k', 'new')], endorsements })
    const unendorsed = reading('k', { height: 9, index: 9 })
    expect(world.mine([writing, unendorsed], policy)).toEqual([VALID, 10])
    expect(seen).toEqual([undefined, { text: 'new' }])
  })

  test('WS-5: a call whose read is stale conflicts (11), in the same block and across blocks', () => {
    const world = new World()
    world.mine([call({ writes: [put('k', '1')] })])
    const version = { height: 1, index: 1 }
    const first = reading('k', version, put('k', '2'))
    const second = reading('k', version, put('k', '3'))
    expect(world.mine([first, second])).toEqual([VALID, MVCC_READ_CONFLICT])
    expect(world.worldValue('c', 'k')?.value).toEqual({ text: '2' })
    expect(world.mine([reading('k', version), reading('k', null)])).toEqual([11, 11])
    expect(world.mine([reading('k', { height: 2, index: 1 })])).toEqual([VALID])
  })

  test('WS-5: a read of nothing holds while there is nothing, a deleted key included', () => {
    const world = new World()
    expect(world.mine([reading('k', null, put('k', '1')), reading('k', null)])).toEqual([VALID, 11])
    expect(world.mine([call({ writes: [del('k')] }), reading('k', null)])).toEqual([VALID, VALID])
    expect(world.mine([reading('k', { height: 1, index: 1 })])).toEqual([11])
  })

  test('WS-5: writes without reads never conflict', () => {
    const world = new World()
    const blind = [1, 2, 3].map((i) => call({ writes: [put('k', `${i}`)] }))
    expect(world.mine(blind)).toEqual([VALID, VALID, VALID])
    expect(world.worldValue('c', 'k')?.value).toEqual({ text: '3' })
  })

  test('WS-6: a key that appeared in, left or changed within a scanned range is a phantom (12)', () => {
    const world = new World()
    world.mine([call({ writes: [put('b', '1'), put('d', '1')] })])
    const version = { height: 1, index: 1 }
    const results = ['b', 'd'].map((key) => ({ key, version }))
    expect(world.mine([scanning({ results })])).toEqual([VALID])
    expect(world.mine([scanning({ results: results.slice(1) })])).toEqual([12])
    expect(world.mine([scanning({ results: results.slice(0, 1) })])).toEqual([12])
    const appears = call({ writes: [put('c', 'x')] })
    expect(world.mine([appears, scanning({ results })])).toEqual([VALID, PHANTOM_READ_CONFLICT])
    const back = call({ writes: [del('c')] })
    expect(world.mine([back, scanning({ results })])).toEqual([VALID, VALID])
    const changes = call({ writes: [put('d', '2')] })
    expect(world.mine([changes, scanning({ results })])).toEqual([VALID, PHANTOM_READ_CONFLICT])
    const leaves = call({ writes: [del('d')] })
    expect(world.mine([leaves, scanning({ results })])).toEqual([VALID, PHANTOM_READ_CONFLICT])
  })

  test('WS-6: a range ends before its end, and beyond a scan that was not exhausted nothing matters', () => {
    const world = new World()
    world.mine([call({ writes: [put('b', '1'), put('d', '1')] })])
    const results = [{ key: 'b', version: { height: 1, index: 1 } }]
    expect(world.mine([scanning({ end: 'd', results })])).toEqual([VALID])
    expect(world.mine([scanning({ exhausted: false, results })])).toEqual([VALID])
    expect(world.mine([scanning({ exhausted: false, results: [] })])).toEqual([VALID])
    const before = call({ writes: [put('a', 'x')] })
    expect(world.mine([before, scanning({ exhausted: false, results })])).toEqual([VALID, 12])
    expect(world.mine([scanning({ start: 'b', exhausted: false, results })])).toEqual([VALID])
  })

  test('WS-7: an invalid call stays in its block, pays its fee and writes nothing', () => {
    const world = new World()
    const reward = coinbaseOf(world.tip)
    world.mine([])
    const payload = callPayload('a', 'paying', {
      reads: [{ namespace: 'c', key: 'k', version: { height: 0, index: 1 } }],
      writes: [put('k', 'never')],
    })
    const paying = transactionOf(chain, {
      inputs: [outpointOf(reward)],
      outputs: [outputTo('b', REWARD - 5)],
      fee: 5,
      payload,
      by: ['miner', 'a'],
    })
    expect(world.mine([paying])).toEqual([MVCC_READ_CONFLICT])
    expect(world.worldValue('c', 'k')).toBeUndefined()
    expect(world.utxo(outpointOf(paying))?.amount).toBe(REWARD - 5)
    expect(world.mine([transferOf(chain, paying, 'b', ['c'])])).toEqual([VALID])
  })
})

const KEYS = ['', 'a', 'a\u0000', 'b', 'é', '\uffff', '\u{10000}', '\u{10ffff}']

describe('a world state with writes on top', () => {
  const write = fc.record({ key: fc.constantFrom(...KEYS), value: fc.option(fc.constantFrom('x', 'y')) })

  test('WS-2: reads and ranges answer like a state that has the writes inside', () => {
    const bound = fc.constantFrom(...KEYS)
    fc.assert(
      fc.property(fc.array(write), fc.array(write), bound, bound, (below, above, start, end) => {
        const version = { height: 1, index: 1 }
        const later = { height: 2, index: 1 }
        const base = new MemoryState()
        const whole = new MemoryState()
        const overlay = new WorldOverlay(base)
        for (const { key, value } of below) {
          for (const state of [base, whole])
            state.put('n', key, value === null ? null : { value: { text: value }, version })
        }
        for (const { key, value } of above) {
          whole.put('n', key, value === null ? null : { value: { text: value }, version: later })
          overlay.write({
            namespace: 'n',
            key,
            value: value === null ? null : { text: value },
            version: later,
          })
        }
        for (const key of KEYS) expect(overlay.worldValue('n', key)).toEqual(whole.worldValue('n', key))
        expect([...overlay.worldRange('n', start, end)]).toEqual([...whole.worldRange('n', start, end)])
        for (const { key, before } of overlay.restores) whole.put('n', key, before)
        expect(whole.snapshot()).toEqual(base.snapshot())
      }),
    )
  })

  test('WS-8: what was absent and is deleted leaves nothing to undo, only its write', () => {
    const overlay = new WorldOverlay(new MemoryState())
    overlay.write({ namespace: 'n', key: 'k', value: null, version: { height: 1, index: 1 } })
    expect(overlay.restores).toEqual([])
    expect(overlay.writes).toHaveLength(1)
  })
})
