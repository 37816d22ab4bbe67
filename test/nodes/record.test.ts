import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { NodeRecord } from '../../src/api/schemas/node.js'
import { compile } from '../../src/api/validator.js'
import { AssertError } from '../../src/base/errors.js'
import { canonicalRecord, keyOf, urlOf } from '../../src/nodes/record.js'

const fault = compile(NodeRecord)
const literal = fc.oneof(fc.ipV4(), fc.ipV6())
const port = fc.integer({ min: 1, max: 65535 })

describe('a node record', () => {
  test('is a literal address and a port, and nothing else', () => {
    fc.assert(
      fc.property(literal, port, fc.string({ minLength: 1 }), (ip_address, tcpPort, key) => {
        fc.pre(key !== 'ip_address' && key !== 'port')
        expect(fault({ ip_address, port: tcpPort })).toBeUndefined()
        expect(fault({ ip_address, port: tcpPort, [key]: 1 })).toBeDefined()
      }),
    )
  })

  test.each([
    [{ ip_address: '127.0.0.1' }],
    [{ port: 1 }],
    [{ ip_address: '127.0.0.1', port: 0 }],
    [{ ip_address: '127.0.0.1', port: 65536 }],
    [{ ip_address: '127.0.0.1', port: -1 }],
    [{ ip_address: '127.0.0.1', port: 80.5 }],
    [{ ip_address: '127.0.0.1', port: '80' }],
    [{ ip_address: '127.0.0.1', port: null }],
    [{ ip_address: '127.0.0.1', port: NaN }],
    [{ ip_address: 'localhost', port: 80 }],
    [{ ip_address: '127.1', port: 80 }],
    [{ ip_address: '2130706433', port: 80 }],
    [{ ip_address: '169.254.169.254/x?', port: 80 }],
    [{ ip_address: '127.0.0.1:80', port: 80 }],
    [{ ip_address: 'user@127.0.0.1', port: 80 }],
    [{ ip_address: '', port: 80 }],
    [{ ip_address: ['127.0.0.1'], port: 80 }],
    [{ ip_address: null, port: 80 }],
    [{ ip_address: 'f'.repeat(1000), port: 80 }],
    [null],
    [[]],
    ['127.0.0.1:80'],
  ])('is not %j', (value) => {
    expect(fault(value)).toBeDefined()
  })

  test('has a URL that any parser reads as exactly its address and port', () => {
    fc.assert(
      fc.property(literal, port, (ip_address, tcpPort) => {
        const record = canonicalRecord({ ip_address, port: tcpPort })
        const url = new URL(urlOf(record))
        expect([url.hostname, url.port || '80', url.pathname, url.username]).toEqual([keyOf(record).replace(/:\d+$/, ''), String(tcpPort), '/', ''])
      }),
    )
  })

  test('has one key exactly when it is one node', () => {
    const few = fc.record({ ip_address: fc.constantFrom('127.0.0.1', '::ffff:7f00:1', '::1', '0::1', '::'), port: fc.constantFrom(1, 11) })
    fc.assert(
      fc.property(few, few, (one, two) => {
        const [a, b] = [canonicalRecord(one), canonicalRecord(two)]
        expect(keyOf(a) === keyOf(b)).toBe(a.ip_address === b.ip_address && a.port === b.port)
      }),
    )
  })

  test('that slipped past its schema is our own mistake', () => {
    expect(() => canonicalRecord({ ip_address: 'localhost', port: 1 })).toThrow(AssertError)
  })
})
