import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Coin, type FeePolicy, type Payment, selectCoins } from '../../src/wallet/select-coins.js'

const coin = (amount: number, n = amount): Coin => ({
  transactionId: n.toString(16).padStart(64, '0'),
  outputIndex: 0,
  amount,
})
const coinsOf = (...amounts: number[]) => amounts.map((amount, i) => coin(amount, i))
const noFee: FeePolicy = () => 0
const perPart: FeePolicy = (inputs, outputs) => 10 + 5 * inputs + 2 * outputs
const pay = (target: number, more: Partial<Payment> = {}): Payment => ({
  target,
  outputs: 1,
  fee: noFee,
  dustLimit: 0,
  maxInputs: 100,
  ...more,
})
const chosen = (amounts: number[], payment: Payment) => {
  const { coins, fee, change } = selectCoins(coinsOf(...amounts), payment)
  return { amounts: coins.map(({ amount }) => amount), fee, change }
}

test('a coin that fits exactly is preferred to a larger one', () => {
  expect(chosen([50, 10, 7], pay(10))).toEqual({ amounts: [10], fee: 0, change: 0 })
  expect(chosen([50, 27, 7], pay(10, { fee: perPart }))).toEqual({ amounts: [27], fee: 17, change: 0 })
})

test('coins that fit exactly together are preferred to one with change', () => {
  expect(chosen([50, 7, 5, 3], pay(10))).toEqual({ amounts: [7, 3], fee: 0, change: 0 })
})

test('without an exact fit the smallest coin that suffices is spent', () => {
  expect(chosen([90, 50, 20, 6], pay(11))).toEqual({ amounts: [20], fee: 0, change: 9 })
})

test('where no single coin suffices the fewest are spent, largest first', () => {
  expect(chosen([8, 9, 4, 4], pay(20))).toEqual({ amounts: [9, 8, 4], fee: 0, change: 1 })
})

test('change costs the fee of its output', () => {
  expect(chosen([1000], pay(100, { fee: perPart }))).toEqual({ amounts: [1000], fee: 19, change: 881 })
})

test('change below the dust limit goes to the miner, at the limit it comes back', () => {
  const policy = { fee: perPart, dustLimit: 30 }
  expect(chosen([148], pay(100, policy))).toEqual({ amounts: [148], fee: 48, change: 0 })
  expect(chosen([149], pay(100, policy))).toEqual({ amounts: [149], fee: 19, change: 30 })
})

test('a payment of nothing still spends a coin for the fee', () => {
  expect(chosen([100, 15], pay(0, { outputs: 0, fee: perPart }))).toEqual({
    amounts: [15],
    fee: 15,
    change: 0,
  })
})

test('what is missing is said, the fee included', () => {
  expect(() => chosen([5, 4], pay(10))).toThrow('1 units are missing: only 9 can be spent now')
  expect(() => chosen([], pay(10))).toThrow('10 units are missing: only 0')
  expect(() => chosen([100], pay(100, { fee: perPart }))).toThrow('17 units are missing: only 100')
})

test('too many small coins are told apart from too little money', () => {
  const coins = Array<number>(50).fill(2)
  expect(() => chosen(coins, pay(99, { maxInputs: 10 }))).toThrow(
    '50 coins are needed and a transaction takes 10',
  )
  expect(() => chosen(coins, pay(101, { maxInputs: 10 }))).toThrow('1 units are missing')
})

test('coins that cost more than they hold do not hide behind their sum', () => {
  const dear: FeePolicy = (inputs) => 100 * inputs
  expect(() => chosen([150, 60, 60, 60], pay(51, { fee: dear }))).toThrow('1 units are missing')
  expect(chosen([150, 60, 60, 60], pay(50, { fee: dear }))).toEqual({ amounts: [150], fee: 100, change: 0 })
})

test('amounts that together exceed all money there is are refused', () => {
  const coins = coinsOf(Number.MAX_SAFE_INTEGER, 1)
  expect(() => selectCoins(coins, pay(1))).toThrow('more than can exist')
})

test('ten thousand coins are chosen from without exhausting the stack', () => {
  const coins = Array.from({ length: 10_000 }, (_, i) => coin(2 * i + 2, i))
  const { change } = selectCoins(coins, pay(90_000_001, { maxInputs: 10_000 }))
  expect(change).toBeGreaterThan(0)
})

const wallets = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 9 })
const payments = fc.record({
  target: fc.integer({ min: 0, max: 200 }),
  outputs: fc.integer({ min: 0, max: 3 }),
  dustLimit: fc.integer({ min: 0, max: 20 }),
  maxInputs: fc.integer({ min: 1, max: 9 }),
  fee: fc.tuple(fc.nat({ max: 10 }), fc.nat({ max: 20 }), fc.nat({ max: 5 })).map(
    ([base, input, output]): FeePolicy =>
      (inputs, outputs) =>
        base + input * inputs + output * outputs,
  ),
})

/** Every non-empty subset small enough for one transaction, as its sum and size. */
function subsets(amounts: number[], maxInputs: number): { sum: number; size: number }[] {
  const all = amounts.reduce<{ sum: number; size: number }[]>(
    (known, amount) => [...known, ...known.map(({ sum, size }) => ({ sum: sum + amount, size: size + 1 }))],
    [{ sum: 0, size: 0 }],
  )
  return all.filter(({ size }) => size > 0 && size <= maxInputs)
}

test('a choice balances, pays the fee asked for, makes no dust and spends no coin twice', () => {
  fc.assert(
    fc.property(wallets, payments, (amounts, payment) => {
      const best = tryChoice(amounts, payment)
      fc.pre(best !== undefined)
      const { coins, fee, change } = best
      const sum = coins.reduce((total, { amount }) => total + amount, 0)
      expect(sum).toBe(payment.target + fee + change)
      expect(change === 0 || change >= payment.dustLimit).toBe(true)
      const outputs = payment.outputs + (change > 0 ? 1 : 0)
      expect(fee).toBeGreaterThanOrEqual(payment.fee(coins.length, outputs))
      if (change > 0) expect(fee).toBe(payment.fee(coins.length, outputs))
      expect(new Set(coins).size).toBe(coins.length)
      expect(coins.length).toBeLessThanOrEqual(payment.maxInputs)
    }),
  )
})

/** What every set of coins that fits one transaction leaves beyond target and fee. */
function leftovers(amounts: number[], { target, outputs, fee, maxInputs }: Payment): number[] {
  return subsets(amounts, maxInputs).map(({ sum, size }) => sum - target - fee(size, outputs))
}

test('a choice is made whenever any set of coins would do', () => {
  fc.assert(
    fc.property(wallets, payments, (amounts, payment) => {
      const possible = leftovers(amounts, payment).some((left) => left >= 0)
      expect(tryChoice(amounts, payment) !== undefined).toBe(possible)
    }),
    { numRuns: 300 },
  )
})

test('an exact choice is made whenever one exists among coins worth more than their input costs', () => {
  const worthy = fc.array(fc.integer({ min: 21, max: 60 }), { maxLength: 9 })
  fc.assert(
    fc.property(worthy, payments, (amounts, payment) => {
      fc.pre(leftovers(amounts, payment).includes(0))
      const best = tryChoice(amounts, payment)
      expect(best).toMatchObject({ change: 0, fee: payment.fee(best?.coins.length ?? 0, payment.outputs) })
    }),
  )
})

test('the choice does not depend on the order in which the coins are listed', () => {
  const shuffled = wallets.chain((amounts) =>
    fc.tuple(
      fc.constant(coinsOf(...amounts)),
      fc.shuffledSubarray(coinsOf(...amounts), { minLength: amounts.length }),
    ),
  )
  fc.assert(
    fc.property(shuffled, payments, ([coins, other], payment) => {
      const attempt = (list: Coin[]) => {
        try {
          return selectCoins(list, payment)
        } catch (error) {
          return (error as Error).message
        }
      }
      expect(attempt(other)).toEqual(attempt(coins))
    }),
  )
})

function tryChoice(amounts: number[], payment: Payment) {
  try {
    return selectCoins(coinsOf(...amounts), payment)
  } catch {
    return undefined
  }
}
