import type { SignedProposal } from '../../../src/contract/wire/fabric.js'
import {
  ChaincodeProposalPayload,
  ChannelHeader,
  Header,
  Proposal,
  SerializedIdentity,
  SignatureHeader,
} from '../../../src/contract/wire/fabric.js'
import { ALICE } from './certificates.js'

/** What a test says of who calls. */
export interface ProposalOptions {
  readonly certificate?: string
  readonly transient?: Readonly<Record<string, Uint8Array>>
}

/** A proposal as a node sends it along with a transaction: 2023-11-14T22:13:20.123456789Z, nonce 24 times 7. */
export function signedProposal(
  txid: string,
  { certificate = ALICE, transient = {} }: ProposalOptions = {},
): SignedProposal {
  const creator = SerializedIdentity.encode({ mspid: 'Org1MSP', idBytes: Buffer.from(certificate) })
  const channelHeader = ChannelHeader.encode({
    type: 3,
    timestamp: { seconds: 1_700_000_000, nanos: 123_456_789 },
    channelId: 'mychannel',
    txId: txid,
  })
  const signatureHeader = SignatureHeader.encode({ creator, nonce: Buffer.alloc(24, 7) })
  const header = Header.encode({ channelHeader, signatureHeader })
  const payload = ChaincodeProposalPayload.encode({ input: Buffer.from('input'), transientMap: transient })
  return { proposalBytes: Proposal.encode({ header, payload }), signature: Buffer.from('signature') }
}
