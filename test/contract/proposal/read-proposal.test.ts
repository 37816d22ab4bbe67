import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { serializeIdentity } from '../../../src/contract/identity/identity.js'
import { Membership } from '../../../src/contract/identity/membership.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { callIdOf } from '../../../src/contract/proposal/call-id.js'
import { ProposalError } from '../../../src/contract/proposal/proposal-error.js'
import { type ProposalRules, readProposal } from '../../../src/contract/proposal/read-proposal.js'
import { SignedProposal } from '../../../src/contract/wire/fabric.js'
import { CHANNEL, NONCE, TIMESTAMP_MS, twistedProposal, type Twist } from './twisted-proposal.js'

const organisation = await Organisation.create('Org1MSP', TIMESTAMP_MS)
const stranger = await Organisation.create('Org1MSP', TIMESTAMP_MS)
const alice = await organisation.issue({ commonName: 'alice' }, TIMESTAMP_MS)
const bob = await organisation.issue({ commonName: 'bob' }, TIMESTAMP_MS)
const CALL_ID = callIdOf(NONCE, serializeIdentity(alice))
const JUNK = Buffer.from([0x0a, 0x7f, 1])

function rules(more: Partial<ProposalRules> = {}, nowMs = TIMESTAMP_MS): ProposalRules {
  const roots = { rootsOf: (mspId: string) => (mspId === 'Org1MSP' ? [organisation.rootCertificate] : []) }
  return {
    channelId: CHANNEL,
    members: new Membership({ roots, nowMs: () => nowMs }),
    hasCall: () => false,
    ...more,
  }
}

async function refusal(signed: SignedProposal, by = rules()): Promise<string> {
  try {
    await readProposal(signed, by)
  } catch (error) {
    if (error instanceof ProposalError) return `${error.fault}: ${error.message}`
    throw error
  }
  return 'none'
}

const refusalOf = (twist: Twist) => refusal(twistedProposal(alice, twist))

test('a proposal that is in order is the call it describes', async () => {
  const signed = twistedProposal(alice, { input: { isInit: true } })
  expect(await readProposal(signed, rules())).toEqual({
    channelId: CHANNEL,
    callId: CALL_ID,
    contract: 'basic',
    args: [Buffer.from('CreateAsset'), Buffer.from([0, 255])],
    isInit: true,
    transient: new Map([['secret', Buffer.from('s3cret')]]),
    caller: { mspId: 'Org1MSP', certificate: alice.certificate },
    timestampMs: TIMESTAMP_MS,
    signedProposal: SignedProposal.encode(signed),
  })
})

test.each(['P-256', 'Ed25519'] as const)('a proposal signed with %s is accepted', async (keyType) => {
  const identity = await organisation.issue({ commonName: 'x', keyType }, TIMESTAMP_MS)
  expect(await refusal(twistedProposal(identity))).toBe('none')
})

test('the payload need not name the contract again', async () => {
  expect(await refusalOf({ spec: { chaincodeId: null } })).toBe('none')
})

test('an id that does not follow from nonce and creator is refused with the one that does', async () => {
  expect(await refusalOf({ channelHeader: { txId: 'abc' } })).toBe(
    `wrong-id: incorrectly computed txid 'abc' -- expected '${CALL_ID}'`,
  )
  expect((await refusalOf({ channelHeader: { txId: 'x'.repeat(100_000) } })).length).toBeLessThan(300)
})

test("a signature that is not the creator's is refused", async () => {
  const text =
    "access-denied: access denied: channel [mychannel] creator org [Org1MSP]: the signature is not by the key of the creator's certificate"
  const { signature } = twistedProposal(bob)
  expect(await refusalOf({ signed: { signature } })).toBe(text)
  expect(await refusalOf({ signatureHeader: { creator: serializeIdentity(bob) } })).toBe(text)
  expect(await refusalOf({ signed: { signature: Buffer.from('x') } })).toBe(text)
})

test('a proposal changed after it was signed is refused', async () => {
  const { signature } = twistedProposal(alice)
  const changed = twistedProposal(alice, { input: { args: [Buffer.from('DeleteAsset')] } })
  expect(await refusal({ ...changed, signature })).toMatch(/^access-denied/)
})

test('a creator that no known authority vouches for is refused', async () => {
  const mallory = await stranger.issue({ commonName: 'alice' }, TIMESTAMP_MS)
  expect(await refusal(twistedProposal(mallory))).toBe(
    'access-denied: access denied: channel [mychannel] creator org [Org1MSP]: no authority of this organisation has issued the certificate',
  )
  expect(await refusal(twistedProposal({ ...alice, mspId: 'Org2MSP' }))).toMatch(
    /^access-denied: access denied: channel \[mychannel\] creator org \[Org2MSP\]/,
  )
})

test('a certificate that has expired is refused', async () => {
  const short = await organisation.issue({ commonName: 'x', validityMs: 1000 }, TIMESTAMP_MS)
  expect(await refusal(twistedProposal(short), rules({}, TIMESTAMP_MS + 2000))).toBe(
    'access-denied: access denied: channel [mychannel] creator org [Org1MSP]: the certificate expired on 2026-01-15T12:30:01.000Z',
  )
})

test('a creator that is no identity is refused', async () => {
  expect(await refusalOf({ signatureHeader: { creator: JUNK } })).toBe(
    'access-denied: access denied: channel [mychannel] creator org unknown, creator is malformed: the identity cannot be read',
  )
})

test('a call that is in the chain is refused, but only to whoever signed it', async () => {
  const asked: string[] = []
  const by = rules({ hasCall: (callId) => asked.push(callId) > 0 })
  expect(await refusal(twistedProposal(alice), by)).toBe(
    `duplicate: duplicate transaction found [${CALL_ID}]`,
  )
  expect(asked).toEqual([CALL_ID])
  await refusal({ ...twistedProposal(alice), signature: Buffer.from('x') }, by)
  expect(asked).toHaveLength(1)
})

test('a proposal for another channel is refused', async () => {
  expect(await refusalOf({ channelHeader: { channelId: 'other' } })).toBe(
    "other-channel: channel 'other' not found",
  )
})

test.each<[string, Twist, string]>([
  ['no proposal', { signed: { proposalBytes: new Uint8Array() } }, 'the proposal is empty'],
  ['a proposal that is junk', { signed: { proposalBytes: JUNK } }, 'error unmarshalling Proposal'],
  ['no signature', { signed: { signature: new Uint8Array() } }, 'empty signature bytes'],
  ['a signature of 1 KB', { signed: { signature: Buffer.alloc(1024) } }, 'the signature is too long'],
  ['a header that is junk', { proposal: { header: JUNK } }, 'error unmarshalling Header'],
  [
    'a channel header that is junk',
    { headerBytes: { channelHeader: JUNK } },
    'error unmarshalling ChannelHeader',
  ],
  [
    'a signature header that is junk',
    { headerBytes: { signatureHeader: JUNK } },
    'error unmarshalling SignatureHeader',
  ],
  [
    'an extension that is junk',
    { channelHeader: { extension: JUNK } },
    'error unmarshalling ChaincodeHeaderExtension',
  ],
  ['no contract', { extension: { chaincodeId: null } }, 'ChaincodeHeaderExtension.ChaincodeId is nil'],
  [
    'a contract without a name',
    { extension: { chaincodeId: { path: 'p', name: '', version: '' } } },
    'ChaincodeHeaderExtension.ChaincodeId.Name is empty',
  ],
  [
    'a contract that is part of the node',
    {
      extension: { chaincodeId: { path: '', name: '_lifecycle', version: '' } },
      spec: { chaincodeId: null },
    },
    'the chaincode has a name that no chaincode can have',
  ],
  [
    'two contracts',
    { spec: { chaincodeId: { path: '', name: 'other', version: '' } } },
    'the header and the payload name two chaincodes',
  ],
  ['a payload that is junk', { proposal: { payload: JUNK } }, 'error unmarshalling ChaincodeProposalPayload'],
  ['a call that is junk', { payload: { input: JUNK } }, 'error unmarshalling ChaincodeInvocationSpec'],
  [
    'no call',
    { payload: { input: new Uint8Array() } },
    'chaincode invocation spec does not contain chaincode spec',
  ],
  ['no input', { spec: { input: null } }, 'chaincode input did not contain any input'],
  ['another type', { channelHeader: { type: 1 } }, 'invalid header type 1'],
  ['an epoch', { channelHeader: { epoch: 1 } }, 'epoch is non-zero'],
  ['no nonce', { signatureHeader: { nonce: new Uint8Array() } }, 'nonce is empty'],
  ['a nonce of 1 KB', { signatureHeader: { nonce: Buffer.alloc(1024) } }, 'the nonce is too long'],
  ['no creator', { signatureHeader: { creator: new Uint8Array() } }, 'creator is empty'],
  [
    'too many arguments',
    { input: { args: Array.from({ length: 1025 }, () => new Uint8Array()) } },
    '1025 arguments, more than 1024',
  ],
  [
    'too many transient values',
    {
      payload: {
        transientMap: Object.fromEntries(
          Array.from({ length: 1025 }, (_, i) => [String(i), new Uint8Array([1])]),
        ),
      },
    },
    '1025 transient values, more than 1024',
  ],
  ['no timestamp', { channelHeader: { timestamp: null } }, 'the timestamp is missing or is no time'],
  [
    'a time before 1970',
    { channelHeader: { timestamp: { seconds: -1, nanos: 0 } } },
    'the timestamp is missing or is no time',
  ],
  [
    'a time after all calendars',
    { channelHeader: { timestamp: { seconds: 8_640_000_000_001, nanos: 0 } } },
    'the timestamp is missing or is no time',
  ],
  [
    'a second of 1001 ms',
    { channelHeader: { timestamp: { seconds: 1, nanos: 1_001_000_000 } } },
    'the timestamp is missing or is no time',
  ],
])('a proposal with %s is malformed', async (_what, twist, message) => {
  expect(await refusalOf(twist)).toBe(`malformed: ${message}`)
})

test('a proposal longer than it may be is not even read', async () => {
  const signed = twistedProposal(alice)
  const maxProposalBytes = signed.proposalBytes.length
  expect(await refusal(signed, rules({ maxProposalBytes }))).toBe('none')
  expect(await refusal(signed, rules({ maxProposalBytes: maxProposalBytes - 1 }))).toMatch(
    /^malformed: the proposal takes/,
  )
})

test('no bytes make the reader fail in another way than with its own error', async () => {
  const whole = Buffer.from(twistedProposal(alice).proposalBytes)
  const torn = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const copy = Buffer.from(whole)
      for (const [at, value] of changes) copy[at] = value
      return copy
    })
  const by = rules()
  await fc.assert(
    fc.asyncProperty(fc.oneof(torn, fc.uint8Array({ maxLength: 100 })), async (proposalBytes) => {
      if (whole.equals(proposalBytes)) return
      expect(await refusal({ proposalBytes, signature: Buffer.from([1]) }, by)).not.toBe('none')
    }),
    { numRuns: 500 },
  )
})
