import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeBody, decodeMessage, encodeBody, KNOWN_COMMANDS } from '../../../src/p2p/wire/codec.js'
import type { Family } from '../../../src/p2p/wire/family.js'
import { bodiesOf, mayEndAt } from './bodies.js'
import { faultOf } from './fault-of.js'

/** The third, bch, has nothing of its own on the wire. */
const families: readonly Family[] = ['bsv', 'btc']

/** Payloads that have more than one form: later fields are ignored, any byte but zero is true. */
const MANY_FORMS = new Set(['version', 'protoconf', 'sendcmpct'])

/** Every command in every dialect, with something to say. */
const cases = families.flatMap((family) =>
  KNOWN_COMMANDS.map((command) => ({
    family,
    command,
    body: bodiesOf(family)[command] as fc.Arbitrary<never>,
  })),
)

describe('P2P-5 every message', () => {
  test.each(cases)(
    '$command of $family says after a round trip what it said before',
    ({ family, command, body }) => {
      fc.assert(
        fc.property(body, (value) => {
          expect(decodeBody(command, encodeBody(command, value, family), family)).toEqual(value)
        }),
        { numRuns: 20 },
      )
    },
  )

  test.each(cases)(
    '$command of $family that is cut anywhere is a fault, not a crash',
    ({ family, command, body }) => {
      fc.assert(
        fc.property(body, (value) => {
          const payload = encodeBody(command, value, family)
          for (let length = 0; length < payload.length; length++) {
            const fault = faultOf(() => decodeBody(command, payload.subarray(0, length), family))
            if (!mayEndAt(command, payload, length)) expect(fault).toMatch(/truncated_message|bad_value/)
          }
        }),
        { numRuns: 5 },
      )
    },
  )

  test.each(cases.filter(({ command }) => command !== 'version'))(
    '$command of $family with a byte too many is refused',
    ({ family, command, body }) => {
      fc.assert(
        fc.property(body, (value) => {
          const payload = encodeBody(command, value, family)
          const longer = new Uint8Array(payload.length + 1)
          longer.set(payload)
          expect(faultOf(() => decodeBody(command, longer, family))).toMatch(
            /trailing_bytes|truncated_message/,
          )
        }),
        { numRuns: 5 },
      )
    },
  )

  test.each(cases)(
    '$command of $family reads junk as a fault, or as the one way to say something',
    ({ family, command }) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (junk, small) => {
          // Small bytes make small counts, which let junk go further.
          const payload = small ? junk.map((byte) => byte % 3) : junk
          let body
          const fault = faultOf(() => {
            body = decodeBody(command, payload, family)
          })
          if (fault === undefined && !MANY_FORMS.has(command))
            expect(encodeBody(command, body as never, family)).toEqual(payload)
        }),
        { numRuns: 100 },
      )
    },
  )
})

describe('the registry', () => {
  test('tells messages apart by their command', () => {
    const message = decodeMessage('ping', Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0), 'bsv')
    expect(message).toEqual({ command: 'ping', body: { nonce: 7n } })
    expect('raw' in message).toBe(false)
  })

  test.each([
    'gethdrsen',
    'hdrsen',
    'sendhdrsen',
    'dsdetected',
    'revokemid',
    'datareftx',
    'block',
    'toString',
    'surprise',
  ])('P2P-9 leaves %s as it came', (command) => {
    const payload = Uint8Array.of(1, 2, 3)
    expect(decodeMessage(command, payload, 'bsv')).toEqual({ command, raw: payload })
  })
})
