import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readCertificate } from '../../../src/contract/shim/certificate.js'
import { createCompositeKey, splitCompositeKey } from '../../../src/contract/shim/composite-key.js'
import { derValues, objectId } from '../../../src/contract/shim/der.js'
import { ALICE } from '../support/certificates.js'

const pem = (bytes: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE-----\n`

const alice = Buffer.from(ALICE.replaceAll(/-----.*-----/g, ''), 'base64')

test('a certificate with any byte changed is read or refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.nat(alice.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const changed = Buffer.from(alice)
      changed[at] = byte
      let subject: unknown
      try {
        ;({ subject } = readCertificate(pem(changed)))
      } catch (error) {
        subject = (error as Error).message
      }
      expect(typeof subject).toBe('string')
    }),
  )
})

test('a certificate that is cut off is refused', () => {
  fc.assert(
    fc.property(fc.nat(alice.length - 1), (length) => {
      expect(() => readCertificate(pem(alice.subarray(0, length)))).toThrow(/^Cannot read X\.509 certificate/)
    }),
  )
})

test.each([[[0x30]], [[0x30, 0x80]], [[0x30, 0x85, 0, 0, 0, 0, 1, 0]], [[0x30, 0x82, 1]], [[0x30, 5, 1]]])(
  'DER %j is refused',
  (bytes) => {
    expect(() => derValues(Buffer.from(bytes))).toThrow('Cannot read X.509 certificate: it is not DER')
  },
)

test('an object identifier has its numbers', () => {
  expect(objectId(Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]))).toBe('1.2.840.10045.4.3.2')
})

test('a composite key is taken apart into what it was made of', () => {
  const part = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\u0000'))
  fc.assert(
    fc.property(part, fc.array(part), (objectType, attributes) => {
      expect(splitCompositeKey(createCompositeKey(objectType, attributes))).toEqual({
        objectType,
        attributes,
      })
    }),
  )
})
