import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import { parseSubnet, type Subnet } from '../../src/base/ip.js'
import { AddressPolicy } from '../../src/nodes/address-policy.js'
import { type Profile, profileFor } from '../../src/nodes/profile.js'
import { canonicalRecord } from '../../src/nodes/record.js'

const policyOf = (profile: Profile, ...subnets: string[]) =>
  new AddressPolicy(
    DEFAULTS.node.profiles[profile].admitted_ranges,
    subnets.map((text) => parseSubnet(text) as Subnet),
  )
const admits = (policy: AddressPolicy, ip_address: string) => policy.refusal(canonicalRecord({ ip_address, port: 80 })) === undefined

const PROFILES: readonly Profile[] = ['dev', 'lan', 'public']

/** Addresses no profile and no setting admits: what they reach is no node. */
const NEVER = [
  '0.0.0.0',
  '0.1.2.3',
  '::',
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  'fe80::1',
  'febf::1',
  'fd00:ec2::254',
  'FD00:0EC2:0::0254',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '224.0.0.1',
  '239.255.255.255',
  'ff02::1',
  '255.255.255.255',
]

describe('the address policy', () => {
  test.each(NEVER)('never admits %s, whatever the profile and the subnets', (ip) => {
    for (const profile of PROFILES) expect([profile, admits(policyOf(profile, '0.0.0.0/0', '::/0'), ip)]).toEqual([profile, false])
  })

  test.each([
    ['127.0.0.1', [true, false, false]],
    ['::1', [true, false, false]],
    ['::ffff:127.0.0.1', [true, false, false]],
    ['192.168.1.5', [true, true, false]],
    ['10.0.0.1', [true, true, false]],
    ['172.16.0.1', [true, true, false]],
    ['fd12::1', [true, true, false]],
    ['100.64.0.1', [false, false, false]],
    ['8.8.8.8', [false, false, true]],
    ['2606:4700::1111', [false, false, true]],
    ['192.0.2.1', [false, false, false]],
    ['198.51.100.1', [false, false, false]],
    ['203.0.113.1', [false, false, false]],
    ['198.18.0.1', [false, false, false]],
    ['240.0.0.1', [false, false, false]],
    ['2001:db8::1', [false, false, false]],
    ['2002:7f00:1::', [false, false, false]],
    ['64:ff9b::7f00:1', [false, false, false]],
    ['::7f00:1', [false, false, false]],
    ['fec0::1', [false, false, false]],
    ['4000::1', [false, false, false]],
  ])('%s is admitted by dev, lan, public: %p', (ip, expected) => {
    expect(PROFILES.map((profile) => admits(policyOf(profile), ip))).toEqual(expected)
  })

  test('admits the subnets of the operator besides', () => {
    const policy = policyOf('public', '10.1.0.0/16', 'fd12::/16')
    expect(['10.1.255.1', '10.2.0.1', 'fd12::1', 'fd13::1', '8.8.8.8'].map((ip) => admits(policy, ip))).toEqual([true, false, true, false, true])
  })

  test('judges every literal address, and names it where it refuses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.constantFrom(...PROFILES), (ip, profile) => {
        const record = canonicalRecord({ ip_address: ip, port: 1 })
        expect(policyOf(profile).refusal(record) ?? record.ip_address).toContain(record.ip_address)
      }),
    )
  })
})

test.each([
  ['127.0.0.1', 'dev'],
  ['::1', 'dev'],
  ['192.168.1.5', 'lan'],
  ['fd00::1', 'lan'],
  ['100.64.0.1', 'lan'],
  ['8.8.8.8', 'public'],
])('a node at %s has the profile %s', (ip, profile) => {
  expect(profileFor(ip)).toBe(profile)
})
