import { describe, expect, test } from '@jest/globals'
import { collectionJson } from '../../../src/contract/calls/collection-config.js'
import { policyJson } from '../../../src/contract/calls/policy-text.js'
import { decodePolicy } from '../../../src/ledger/contracts/policy.js'

const by = (mspId: string, role: string) => ({ signed_by: { msp_id: mspId, role } })

describe('a policy as Fabric’s tools write it', () => {
  test.each([
    ["'Org1MSP.member'", by('Org1MSP', 'MEMBER')],
    [
      "OR('Org1MSP.member','Org2MSP.peer')",
      { n_of: 1, rules: [by('Org1MSP', 'MEMBER'), by('Org2MSP', 'PEER')] },
    ],
    [' AND ( \'a.b.admin\' , "c.client" ) ', { n_of: 2, rules: [by('a.b', 'ADMIN'), by('c', 'CLIENT')] }],
    [
      "OutOf(2, 'A.member', 'B.member', AND('C.member', 'D.member'))",
      {
        n_of: 2,
        rules: [
          by('A', 'MEMBER'),
          by('B', 'MEMBER'),
          { n_of: 2, rules: [by('C', 'MEMBER'), by('D', 'MEMBER')] },
        ],
      },
    ],
    ["or('A.MEMBER')", { n_of: 1, rules: [by('A', 'MEMBER')] }],
  ])('%s', (text, json) => {
    expect(policyJson(text)).toEqual(json)
    expect(() => decodePolicy(policyJson(text))).not.toThrow()
  })

  test.each([
    [''],
    ['AND()'],
    ["AND('A.member'"],
    ["AND('A.member') x"],
    ["'A'"],
    ["'A.boss'"],
    ["OutOf('A.member')"],
    ['OR('.repeat(50)],
  ])('%j is refused with the place of the fault', (text) => {
    expect(() => policyJson(text)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }))
  })

  test('JSON stays as it is', () => {
    expect(policyJson(by('A', 'MEMBER'))).toEqual(by('A', 'MEMBER'))
  })
})

describe('a private collection', () => {
  test('is read as it stands in the file for Fabric’s tools', () => {
    expect(
      collectionJson({
        name: 'secrets',
        policy: "OR('Org1MSP.member')",
        requiredPeerCount: 1,
        maxPeerCount: 1,
        blockToLive: 10,
        memberOnlyRead: true,
        memberOnlyWrite: false,
        endorsementPolicy: { signaturePolicy: "'Org1MSP.member'" },
      }),
    ).toEqual({
      name: 'secrets',
      member_policy: { n_of: 1, rules: [by('Org1MSP', 'MEMBER')] },
      member_only_read: true,
      member_only_write: false,
      block_to_live: 10,
      endorsement_policy: by('Org1MSP', 'MEMBER'),
    })
  })

  test('is read as it stands on the chain, what is left out filled in', () => {
    expect(collectionJson({ name: 'c', member_policy: by('A', 'MEMBER') })).toEqual({
      name: 'c',
      member_policy: by('A', 'MEMBER'),
      member_only_read: false,
      member_only_write: false,
      block_to_live: 0,
    })
  })

  test.each([
    [null],
    [[]],
    [{ name: 'c' }],
    [{ name: 'c', policy: "'A.member'", endorsementPolicy: { channelConfigPolicy: 'x' } }],
  ])('is refused where it is none: %j', (json) => {
    expect(() => collectionJson(json)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }))
  })
})
