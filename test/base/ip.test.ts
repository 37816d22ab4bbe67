import { isIP, isIPv4, isIPv6 } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalIp, inSubnet, ipInUrl, ipRange, parseSubnet } from '../../src/base/ip.js'

const ipv4 = fc.ipV4()
const ipv6 = fc.ipV6()
const literal = fc.oneof(ipv4, ipv6)

/** Texts close to addresses: what a careless parser takes and a careful one does not. */
const nearAddress = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEFx:./%[] ')), maxLength: 50 }),
  fc
    .array(fc.constantFrom('0', '1', '127', '255', '256', '007', 'ffff', '::', ':', '.', '12345'), {
      maxLength: 18,
    })
    .map((parts) => parts.join('')),
  fc
    .array(fc.constantFrom('0', '1', 'ffff', 'abcd', '', '00001'), { minLength: 2, maxLength: 10 })
    .map((parts) => parts.join(':')),
  fc
    .tuple(literal, fc.nat(45), fc.constantFrom('', '0', ':', '.', ' ', '\n', '/', '%', 'x', '١'))
    .map(([ip, at, insert]) => ip.slice(0, at) + insert + ip.slice(at)),
  fc
    .tuple(
      fc.constantFrom(
        '::',
        '::ffff:',
        '1::',
        'fe80::',
        '0:0:0:0:0:ffff:',
        '::ffff:0:',
        '1:2:3:4:5:6:',
        '1:2:3:4:5:6:7:',
      ),
      nearIpv4(),
    )
    .map(([head, tail]) => head + tail),
  fc.string(),
)

function nearIpv4(): fc.Arbitrary<string> {
  const part = fc.oneof(
    fc.nat(300).map(String),
    fc.nat(255).map((n) => `0${n.toString(8)}`),
    fc.nat(255).map((n) => `0x${n.toString(16)}`),
    fc.constant(''),
  )
  return fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'))
}

describe('canonicalIp', () => {
  test('takes exactly what net.isIP takes, but for zones', () => {
    fc.assert(
      fc.property(fc.oneof(literal, nearAddress), (text) => {
        const isLiteral = isIP(text) !== 0 && !text.includes('%')
        expect([text, canonicalIp(text) !== undefined]).toEqual([text, isLiteral])
      }),
      { numRuns: 5000 },
    )
  })

  test('gives one spelling, which is its own spelling', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const canonical = canonicalIp(text) ?? 'none'
        expect(canonicalIp(canonical)).toBe(canonical)
      }),
    )
  })

  test('spells an address as the URL standard does', () => {
    fc.assert(
      fc.property(ipv6, (text) => {
        const canonical = canonicalIp(text) ?? ''
        if (isIPv4(canonical)) return
        expect(`[${canonical}]`).toBe(new URL(`http://[${text}]/`).hostname)
      }),
    )
  })

  test('gives two texts one spelling exactly when they mean one address', () => {
    const groups = fc.array(fc.constantFrom(0, 0, 0, 1, 0xabcd, 0xffff), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(groups, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (values, upper) => {
        const plain = values.map((value) => value.toString(16)).join(':')
        const padded = values
          .map((value, i) =>
            upper[i] ? value.toString(16).toUpperCase().padStart(4, '0') : value.toString(16),
          )
          .join(':')
        expect(canonicalIp(padded)).toBe(canonicalIp(plain))
      }),
    )
  })

  test('turns an IPv4 address mapped into IPv6 into IPv4', () => {
    fc.assert(
      fc.property(
        ipv4,
        fc.constantFrom('::ffff:', '::FFFF:', '0:0:0:0:0:ffff:', '0000::ffff:'),
        (ip, prefix) => {
          const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number)
          const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
          expect([canonicalIp(prefix + ip), canonicalIp(prefix + hex)]).toEqual([ip, ip])
        },
      ),
    )
  })
})

/** All that some resolver, URL parser or C library reads as an IPv4 address, beside the four decimal parts. */
function otherSpellings(ip: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number)
  const number = ((a * 256 + b) * 256 + c) * 256 + d
  const hex = (n: number) => `0x${n.toString(16)}`
  const octal = (n: number) => `0${n.toString(8)}`
  return [
    String(number),
    hex(number),
    hex(number).toUpperCase(),
    octal(number),
    [a, b, c, d].map(hex).join('.'),
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map((n) => String(n).padStart(4, '0')).join('.'),
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${hex(a)}.${b}.${c}.${d}`,
    `${a}.${b}.${c}.${d}.`,
    ` ${ip}`,
    `${ip} `,
    `${ip}\n`,
    `${ip}\0`,
    `${ip}/32`,
    `${ip}:80`,
    `[${ip}]`,
    `http://${ip}`,
    `user@${ip}`,
    `${ip}#`,
    `${ip}%25lo`,
    ip.replaceAll('.', '。'),
    ip.replaceAll('1', '１'),
    ip.replaceAll('1', '①'),
  ]
}

describe('addresses that must not slip through in another spelling', () => {
  test.each(['127.0.0.1', '169.254.169.254', '10.0.0.1'])('%s is refused in every loose spelling', (ip) => {
    expect(otherSpellings(ip).filter((text) => canonicalIp(text) !== undefined)).toEqual([])
  })

  test.each([
    [
      '127.0.0.1',
      [
        '::ffff:127.0.0.1',
        '::FFFF:7f00:1',
        '0:0:0:0:0:ffff:127.0.0.1',
        '0000:0000:0000:0000:0000:FFFF:7F00:0001',
      ],
    ],
    ['169.254.169.254', ['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '0::ffff:A9FE:A9FE']],
    ['::1', ['0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001', '::0:1', '0::1', '::0.0.0.1']],
    ['fe80::1', ['FE80::1', 'fe80:0:0:0:0:0:0:1', 'fe80::0001']],
  ])('%s has one spelling', (ip, spellings) => {
    expect([...new Set(spellings.map(canonicalIp))]).toEqual([ip])
  })

  test.each(['fe80::1%eth0', 'fe80::1%1', '::1%lo', 'fe80::1%', '::ffff:127.0.0.1%lo', '127.0.0.1%lo'])(
    'a zone is refused: %s',
    (text) => {
      expect(canonicalIp(text)).toBeUndefined()
    },
  )

  test.each([
    'localhost',
    'localhost.',
    'LOCALHOST',
    'ip6-localhost',
    '127.0.0.1.nip.io',
    'metadata.google.internal',
    '',
  ])('a host name is refused: %p', (text) => {
    expect(canonicalIp(text)).toBeUndefined()
  })
})

describe('ipRange', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.169.254', 'linkLocal'],
    ['::ffff:169.254.169.254', 'linkLocal'],
    ['fe80::1', 'linkLocal'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['192.168.1.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'unicast'],
    ['fd00:ec2::254', 'uniqueLocal'],
    ['8.8.8.8', 'unicast'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['2002:7f00:1::', '6to4'],
    ['64:ff9b::7f00:1', 'rfc6052'],
  ])('%s is %s', (ip, range) => {
    expect(ipRange(ip)).toBe(range)
  })

  test('is asked of literal addresses only', () => {
    expect(() => ipRange('localhost')).toThrow(TypeError)
  })
})

describe('subnets', () => {
  test('an address lies in the subnet of itself, and of everything of its family', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const ip = canonicalIp(text) as string
        const all = isIPv4(ip) ? '0.0.0.0/0' : '::/0'
        const other = isIPv4(ip) ? '::/0' : '0.0.0.0/0'
        const within = [ip, all, other].map((subnet) =>
          inSubnet(ip, parseSubnet(subnet) as { network: string; prefixLength: number }),
        )
        expect(within).toEqual([true, true, false])
      }),
    )
  })

  test('an address lies in a subnet exactly when the first bits agree', () => {
    const bits = (ip: string) =>
      ip
        .split('.')
        .map((part) => Number(part).toString(2).padStart(8, '0'))
        .join('')
    fc.assert(
      fc.property(ipv4, ipv4, fc.nat(32), (ip, network, length) => {
        expect(inSubnet(ip, { network, prefixLength: length })).toBe(
          bits(ip).slice(0, length) === bits(network).slice(0, length),
        )
      }),
    )
  })

  test.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/0x8',
    '::/129',
    '10/8',
    'localhost/8',
    '10.0.0.0/ 8',
  ])('no subnet: %p', (text) => {
    expect(parseSubnet(text)).toBeUndefined()
  })
})

test('an IPv6 address stands in a URL in brackets, an IPv4 address bare', () => {
  fc.assert(
    fc.property(literal, (text) => {
      const ip = canonicalIp(text) as string
      const inUrl = ipInUrl(ip)
      expect(new URL(`http://${inUrl}:8080/`).hostname).toBe(inUrl)
      expect(inUrl.startsWith('[')).toBe(isIPv6(ip))
    }),
  )
})
