import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULT_LIMITS } from '../../../src/p2p/download/limits.js'
import { type Assignment, Scheduler, type Setback } from '../../../src/p2p/download/scheduler.js'

const limits = { ...DEFAULT_LIMITS, perPeer: 3, window: 8, attempts: 1_000_000 }

function schedulerOf(blocks: number, changes: Partial<typeof limits> = {}): Scheduler {
  let left = blocks
  return new Scheduler(
    { limits: { ...limits, ...changes }, nextItem: () => (left-- > 0 ? null : undefined) },
    0,
  )
}

type Step =
  | { readonly type: 'complete' | 'bytes'; readonly which: number }
  | { readonly type: 'fail'; readonly which: number; readonly setback: Setback }

type Happening =
  | Step
  | { readonly type: 'join' | 'leave'; readonly peer: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'deliver' }

const which = fc.nat(30)
const peer = fc.nat(3)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constantFrom('join' as const, 'leave' as const), peer }),
  { weight: 4, arbitrary: fc.record({ type: fc.constant('complete' as const), which }) },
  fc.record({
    type: fc.constant('fail' as const),
    which,
    setback: fc.constantFrom<Setback>('disconnected', 'not_found', 'busy', 'stalled', 'slow', 'invalid'),
  }),
  fc.record({ type: fc.constant('bytes' as const), which }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.nat(15_000) }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('deliver' as const) }) },
)

/** Keeps its own books of who was asked for what, and holds the scheduler to them. */
class Model {
  readonly underWay: Assignment[] = []
  readonly done = new Map<number, number>()
  readonly undelivered: number[] = []
  readonly peers = new Set<string>()
  nowMs = 0

  constructor(readonly scheduler: Scheduler) {}

  happen(event: Happening): void {
    if ('peer' in event) this.comeOrGo(event.type, `peer ${event.peer}`)
    else if (event.type === 'wait') this.wait(event.ms)
    else if (event.type === 'deliver') this.deliver()
    else if (this.underWay.length > 0) this.progress(event)
    this.assign()
  }

  comeOrGo(type: 'join' | 'leave', name: string): void {
    if (type === 'join') {
      this.peers.add(name)
      this.scheduler.addPeer(name)
      return
    }
    this.peers.delete(name)
    this.scheduler.removePeer(name, this.nowMs)
    this.drop((assignment) => assignment.peer === name)
  }

  wait(ms: number): void {
    this.nowMs += ms
    for (const { index, peer: name } of this.scheduler.overdue(this.nowMs))
      expect(this.drop((it) => it.index === index && it.peer === name)).toBe(1)
  }

  deliver(): void {
    const index = this.undelivered.shift()
    if (index !== undefined) this.scheduler.delivered(index)
  }

  progress(event: Step): void {
    const assignment = this.underWay[event.which % this.underWay.length] as Assignment
    const { index, peer: name } = assignment
    if (event.type === 'bytes') {
      this.scheduler.received(index, name, 1000, this.nowMs)
      return
    }
    this.drop((it) => it === assignment)
    if (event.type === 'fail') {
      this.scheduler.failed(index, name, event.setback, this.nowMs)
      return
    }
    expect(this.scheduler.completed(index, name, 1000, this.nowMs)).toBe(true)
    expect(this.scheduler.completed(index, name, 1000, this.nowMs)).toBe(false)
    this.done.set(index, (this.done.get(index) ?? 0) + 1)
    this.undelivered.push(index)
  }

  assign(): void {
    for (const assignment of this.scheduler.assign(this.nowMs)) {
      expect(this.peers).toContain(assignment.peer)
      expect(this.done.has(assignment.index)).toBe(false)
      expect(this.underWay.some(({ index }) => index === assignment.index)).toBe(false)
      this.underWay.push(assignment)
      expect(this.underWay.filter(({ peer: name }) => name === assignment.peer).length).toBeLessThanOrEqual(3)
    }
    expect(this.underWay.length + this.undelivered.length).toBeLessThanOrEqual(limits.window)
  }

  drop(isMeant: (assignment: Assignment) => boolean): number {
    const dropped = this.underWay.filter(isMeant)
    for (const assignment of dropped) this.underWay.splice(this.underWay.indexOf(assignment), 1)
    return dropped.length
  }
}

test('P2P-23 no block is ever lost, with two peers at once, or done twice, whatever happens', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(happening, { maxLength: 120 }),
      (blocks, happenings) => {
        const model = new Model(schedulerOf(blocks))
        for (const event of happenings) model.happen(event)
        // From now on a peer that has everything does its duty.
        model.happen({ type: 'wait', ms: 60_000 })
        model.comeOrGo('join', 'dutiful')
        for (let i = 0; i < 10_000 && !model.scheduler.isFinished; i++) {
          model.assign()
          const place = model.underWay.findIndex(({ peer: name }) => name === 'dutiful')
          if (place >= 0) model.progress({ type: 'complete', which: place })
          else model.wait(1000)
          model.deliver()
        }
        expect(model.scheduler.isFinished).toBe(true)
        expect([...model.done.keys()].sort((a, b) => a - b)).toEqual(
          Array.from({ length: blocks }, (_, i) => i),
        )
        expect([...model.done.values()].every((times) => times === 1)).toBe(true)
      },
    ),
    { numRuns: 100 },
  )
})

test('the peer with the least to do is asked first, and none for more than its share', () => {
  const scheduler = schedulerOf(20, { window: 100 })
  scheduler.addPeer('a')
  scheduler.addPeer('b')
  const peers = scheduler.assign(0).map(({ peer: name }) => name)
  expect(peers).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
})

test('a peer that says it has not the block is not asked for it again, another one is', () => {
  const scheduler = schedulerOf(1)
  scheduler.addPeer('a')
  expect(scheduler.assign(0)).toEqual([{ index: 0, peer: 'a' }])
  scheduler.failed(0, 'a', 'not_found', 0)
  expect(scheduler.assign(0)).toEqual([])
  expect(scheduler.hopeless()).toEqual({ index: 0, reason: 'not_found' })
  scheduler.addPeer('b')
  expect(scheduler.hopeless()).toBeUndefined()
  expect(scheduler.assign(0)).toEqual([{ index: 0, peer: 'b' }])
})

test('a peer has stalled when none of its blocks has had a byte for long, though others wait behind', () => {
  const scheduler = schedulerOf(3)
  scheduler.addPeer('a')
  scheduler.assign(0)
  scheduler.received(0, 'a', 1_000_000, 9000)
  expect(scheduler.overdue(18_999)).toEqual([])
  expect(scheduler.overdue(19_000).map(({ index, setback }) => [index, setback])).toEqual([
    [0, 'stalled'],
    [1, 'stalled'],
    [2, 'stalled'],
  ])
})

test('a peer that stalled is tried with one block, and has more as it delivers', () => {
  const scheduler = schedulerOf(20, { perPeer: 5, window: 100 })
  scheduler.addPeer('a')
  const asked = (nowMs: number): number[] => scheduler.assign(nowMs).map(({ index }) => index)
  expect(asked(0)).toEqual([0, 1, 2, 3, 4])
  expect(scheduler.overdue(10_000)).toHaveLength(5)
  expect(asked(39_999)).toEqual([])
  expect(asked(40_000)).toEqual([0])
  scheduler.completed(0, 'a', 1000, 40_000)
  expect(asked(40_000)).toEqual([1, 2])
  scheduler.completed(1, 'a', 1000, 40_000)
  scheduler.completed(2, 'a', 1000, 40_000)
  expect(asked(40_000)).toEqual([3, 4, 5, 6, 7])
})

test('a slow peer gives its blocks up if another peer can take them', () => {
  const scheduler = schedulerOf(3)
  scheduler.addPeer('slow')
  scheduler.assign(0)
  for (let ms = 0; ms <= 12_000; ms += 1000) scheduler.received(0, 'slow', 10_000, ms)
  expect(scheduler.overdue(12_000)).toEqual([])
  scheduler.addPeer('other')
  expect(scheduler.overdue(12_000)).toHaveLength(3)
  expect(scheduler.assign(12_000).map(({ peer: name }) => name)).toEqual(['other', 'other', 'other'])
})

test('a block is given up after its whole time, however it trickles', () => {
  const scheduler = schedulerOf(1, { minBytesPerSecond: 0 })
  scheduler.addPeer('a')
  scheduler.assign(0)
  for (let ms = 0; ms < 600_000; ms += 5000) {
    scheduler.received(0, 'a', 1, ms)
    expect(scheduler.overdue(ms)).toEqual([])
  }
  expect(scheduler.overdue(600_000)).toHaveLength(1)
})
