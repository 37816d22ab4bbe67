import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { peer } from '@hyperledger/fabric-protos'
import shim from 'fabric-shim'
import { serializeIdentity } from '../../../src/contract/identity/identity.js'
import { Membership } from '../../../src/contract/identity/membership.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { makeProposal, type ProposalParts } from '../../../src/contract/proposal/make-proposal.js'
import { readProposal } from '../../../src/contract/proposal/read-proposal.js'
import { SignedProposal } from '../../../src/contract/wire/fabric.js'

const NOW = Date.UTC(2026, 0, 15, 12, 30, 0, 789)
const organisation = await Organisation.create('Org1MSP', NOW)
const alice = await organisation.issue({ commonName: 'alice', attributes: { a: 'b' } }, NOW)
const PARTS: ProposalParts = {
  channelId: 'mychannel',
  identity: alice,
  contract: 'basic',
  args: [Buffer.from('CreateAsset'), Buffer.from([0, 255])],
  transient: new Map([['secret', Buffer.from('s3cret')]]),
  timestampMs: NOW,
}

test('a proposal made here is accepted by the reader as the same call', async () => {
  const made = makeProposal({ ...PARTS, isInit: true })
  const members = new Membership({
    roots: { rootsOf: () => [organisation.rootCertificate] },
    nowMs: () => NOW,
  })
  const rules = { channelId: 'mychannel', members, hasCall: () => false }
  expect(await readProposal(SignedProposal.decode(made.signedProposal), rules)).toEqual({
    ...made,
    signedProposal: Buffer.from(made.signedProposal),
  })
})

test("a contract on Fabric's own library sees id, time, transient values, caller and binding", () => {
  const nonce = Buffer.alloc(24, 9)
  const { callId, signedProposal } = makeProposal({ ...PARTS, nonce })
  // Its declared constructor leaves out what the shim itself passes.
  const Stub = shim.ChaincodeStub as new (...parts: unknown[]) => InstanceType<typeof shim.ChaincodeStub>
  const proposal = peer.SignedProposal.deserializeBinary(signedProposal)
  const stub = new Stub({}, 'mychannel', callId, new peer.ChaincodeInput(), proposal)
  const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex')
  const creator = serializeIdentity(alice)
  expect(stub.getTxID()).toBe(sha256(nonce, creator))
  expect(stub.getDateTimestamp()).toEqual(new Date(NOW))
  expect(stub.getTxTimestamp().nanos).toBe(789_000_000)
  expect(stub.getTransient()).toEqual(new Map([['secret', Buffer.from('s3cret')]]))
  expect(stub.getCreator().mspid).toBe('Org1MSP')
  expect(stub.getBinding()).toBe(sha256(nonce, creator, Buffer.alloc(8)))
  expect(new shim.ClientIdentity(stub).getAttributeValue('a')).toBe('b')
})

test('without the private key a proposal goes unsigned', () => {
  const { mspId, certificate } = alice
  const { signedProposal } = makeProposal({ ...PARTS, identity: { mspId, certificate } })
  expect(SignedProposal.decode(signedProposal).signature).toHaveLength(0)
})

test('two calls that are alike have different ids', () => {
  expect(makeProposal(PARTS).callId).not.toBe(makeProposal(PARTS).callId)
})

test('a time that the chain does not take is refused', () => {
  for (const timestampMs of [-1, 1.5, Number.NaN, 8_640_000_000_000_001, Infinity])
    expect(() => makeProposal({ ...PARTS, timestampMs })).toThrow(RangeError)
})
