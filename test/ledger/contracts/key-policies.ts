import { KeyEndorsementPolicy } from 'fabric-shim'

/** The policy of a key in hex, as the npm package of Fabric writes it: all of these organisations. */
export function keyPolicyOf(role: 'MEMBER' | 'PEER', ...mspIds: readonly string[]): string {
  const policy = new KeyEndorsementPolicy()
  policy.addOrgs(role, ...mspIds)
  return Buffer.from(policy.getPolicy()).toString('hex')
}
