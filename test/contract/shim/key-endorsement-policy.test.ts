import { createRequire } from 'node:module'
import { expect, test } from '@jest/globals'
import { KeyEndorsementPolicy } from '../../../src/contract/index.js'

process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'CRITICAL'
const Real = createRequire(import.meta.url)(
  'fabric-shim/lib/utils/statebased.js',
) as typeof KeyEndorsementPolicy

const hex = (policy: KeyEndorsementPolicy): string => Buffer.from(policy.getPolicy()).toString('hex')

test('a policy has the bytes that it has in Fabric, and is read from them', () => {
  const policies = [new KeyEndorsementPolicy(), new Real()]
  for (const policy of policies) {
    policy.addOrgs('MEMBER', 'Org1MSP', 'Org2MSP')
    policy.addOrgs('PEER', 'Org3MSP', 'Org2MSP')
    policy.delOrgs('Org1MSP')
  }
  const [ours, real] = policies as [KeyEndorsementPolicy, KeyEndorsementPolicy]
  expect(hex(ours)).toBe(hex(real))
  expect(new KeyEndorsementPolicy(real.getPolicy()).listOrgs()).toEqual(['Org2MSP', 'Org3MSP'])
  expect(hex(new KeyEndorsementPolicy(real.getPolicy()))).toBe(hex(real))
  expect(hex(new KeyEndorsementPolicy())).toBe(hex(new Real()))
})

test('a policy has no other roles', () => {
  expect(() => new KeyEndorsementPolicy().addOrgs('ADMIN', 'Org1MSP')).toThrow(
    'role type ADMIN does not exist',
  )
})
