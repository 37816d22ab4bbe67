import { serializeIdentity, type Identity } from '../../../src/contract/identity/identity.js'
import { signMessage } from '../../../src/contract/identity/signature-key.js'
import { callIdOf } from '../../../src/contract/proposal/call-id.js'
import {
  ChaincodeHeaderExtension,
  type ChaincodeInput,
  ChaincodeInvocationSpec,
  ChaincodeProposalPayload,
  type ChaincodeSpec,
  ChannelHeader,
  Header,
  Proposal,
  SignatureHeader,
  type SignedProposal,
} from '../../../src/contract/wire/fabric.js'

export const CHANNEL = 'mychannel'
export const TIMESTAMP_MS = Date.UTC(2026, 0, 15, 12, 30, 0, 789)
export const NONCE = Buffer.alloc(24, 7)

/** What is to differ from a proposal that is in order, at each level of it. */
export interface Twist {
  readonly channelHeader?: Partial<ChannelHeader>
  readonly signatureHeader?: Partial<SignatureHeader>
  readonly headerBytes?: Partial<Header>
  readonly extension?: Partial<ChaincodeHeaderExtension>
  readonly payload?: Partial<ChaincodeProposalPayload>
  readonly spec?: Partial<ChaincodeSpec>
  readonly input?: Partial<ChaincodeInput>
  readonly proposal?: Partial<Proposal>
  readonly signed?: Partial<SignedProposal>
}

/** A signed proposal to call `basic`, as a client makes it, but for the twist. */
export function twistedProposal(identity: Identity, twist: Twist = {}): SignedProposal {
  const proposalBytes = Proposal.encode({
    header: Header.encode(headerOf(identity, twist)),
    payload: ChaincodeProposalPayload.encode({
      input: ChaincodeInvocationSpec.encode({ chaincodeSpec: specOf(twist) }),
      transientMap: { secret: Buffer.from('s3cret') },
      ...twist.payload,
    }),
    ...twist.proposal,
  })
  return { proposalBytes, signature: signMessage(identity.privateKey, proposalBytes), ...twist.signed }
}

function headerOf(identity: Identity, twist: Twist): Partial<Header> {
  const creator = serializeIdentity(identity)
  return {
    channelHeader: ChannelHeader.encode({
      type: 3,
      timestamp: { seconds: Math.floor(TIMESTAMP_MS / 1000), nanos: 789_123_456 },
      channelId: CHANNEL,
      txId: callIdOf(twist.signatureHeader?.nonce ?? NONCE, twist.signatureHeader?.creator ?? creator),
      extension: ChaincodeHeaderExtension.encode({
        chaincodeId: { path: '', name: 'basic', version: '' },
        ...twist.extension,
      }),
      ...twist.channelHeader,
    }),
    signatureHeader: SignatureHeader.encode({ creator, nonce: NONCE, ...twist.signatureHeader }),
    ...twist.headerBytes,
  }
}

function specOf({ spec, input }: Twist): ChaincodeSpec {
  return {
    type: 2,
    chaincodeId: { path: '', name: 'basic', version: '' },
    input: {
      args: [Buffer.from('CreateAsset'), Buffer.from([0, 255])],
      decorations: {},
      isInit: false,
      ...input,
    },
    timeout: 0,
    ...spec,
  }
}
