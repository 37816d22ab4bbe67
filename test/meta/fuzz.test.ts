import { expect, test } from '@jest/globals'
import { fuzz } from '../../scripts/fuzz/fuzz.js'
import type { Target } from '../../scripts/fuzz/targets.js'
import { parseJson, JsonError } from '../../src/base/json.js'

test('no reader of what strangers send is surprised by what is nearly right', async () => {
  const { accepted, findings } = await fuzz({ seed: 20_260, seconds: 2 })
  expect(
    findings.map(({ target, fault, input }) => ({ target, fault, input: input.toString('latin1') })),
  ).toEqual([])
  expect(accepted).toBeGreaterThan(0)
})

test('a reader that throws what it should not, or writes other than it read, is found with an example', async () => {
  const careless: Target = {
    name: 'transaction',
    refuses: [JsonError],
    read: (input) => {
      const text = input.toString('utf8')
      parseJson(text)
      if (text.includes('1e999')) throw new RangeError('too large')
      return [text.replace('-0', '0'), text]
    },
  }
  const { findings } = await fuzz({ seed: 1, seconds: 1, targets: [careless] })
  const faults = findings.map(({ fault, input }) => [
    fault.slice(0, 6),
    /1e999|-0/.test(input.toString('latin1')),
  ])
  expect(faults.sort()).toEqual([
    ['throws', true],
    ['writes', true],
  ])
})
