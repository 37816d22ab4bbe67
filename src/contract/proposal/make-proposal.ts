import { type KeyObject, randomBytes } from 'node:crypto'
import type { Call, Caller } from '../call.js'
import { serializeIdentity } from '../identity/identity.js'
import { signMessage } from '../identity/signature-key.js'
import {
  ChaincodeHeaderExtension,
  ChaincodeInvocationSpec,
  ChaincodeProposalPayload,
  ChannelHeader,
  Header,
  Proposal,
  SignatureHeader,
  SignedProposal,
} from '../wire/fabric.js'
import { callIdOf } from './call-id.js'
import { CALL_HEADER_TYPE } from './header-type.js'
import { isTimestampMs, timestampOf } from './timestamp.js'

export interface ProposalParts {
  readonly channelId: string
  /** Who calls; without a private key the proposal goes unsigned, which contracts do not mind. */
  readonly identity: Caller & { readonly privateKey?: KeyObject }
  readonly contract: string
  readonly args: readonly Uint8Array[]
  readonly transient?: ReadonlyMap<string, Uint8Array>
  readonly isInit?: boolean
  readonly timestampMs: number
  /** 24 random bytes if left out. */
  readonly nonce?: Uint8Array
}

const NODE_CHAINCODE = 2
const NONCE_BYTES = 24

/** A call that the node itself makes for somebody. @throws {RangeError} for a timestamp the chain does not take */
export function makeProposal(parts: ProposalParts): Call {
  const { channelId, identity, contract, args, isInit = false, timestampMs } = parts
  const { transient = new Map<string, Uint8Array>(), nonce = randomBytes(NONCE_BYTES) } = parts
  if (!isTimestampMs(timestampMs)) throw new RangeError(`${timestampMs} is no timestamp of a transaction`)
  const creator = serializeIdentity(identity)
  const callId = callIdOf(nonce, creator)
  const proposalBytes = Proposal.encode({
    header: Header.encode({
      channelHeader: encodeChannelHeader(parts, callId),
      signatureHeader: SignatureHeader.encode({ creator, nonce }),
    }),
    payload: ChaincodeProposalPayload.encode({
      input: encodeSpec(contract, args, isInit),
      transientMap: Object.fromEntries(transient),
    }),
  })
  const { mspId, certificate, privateKey } = identity
  return {
    channelId,
    callId,
    contract,
    args,
    isInit,
    transient,
    caller: { mspId, certificate },
    timestampMs,
    signedProposal: SignedProposal.encode({
      proposalBytes,
      ...(privateKey ? { signature: signMessage(privateKey, proposalBytes) } : {}),
    }),
  }
}

function encodeChannelHeader(
  { channelId, contract, timestampMs }: ProposalParts,
  callId: string,
): Uint8Array {
  return ChannelHeader.encode({
    type: CALL_HEADER_TYPE,
    timestamp: timestampOf(timestampMs),
    channelId,
    txId: callId,
    extension: ChaincodeHeaderExtension.encode({ chaincodeId: chaincodeId(contract) }),
  })
}

function encodeSpec(contract: string, args: readonly Uint8Array[], isInit: boolean): Uint8Array {
  return ChaincodeInvocationSpec.encode({
    chaincodeSpec: {
      type: NODE_CHAINCODE,
      chaincodeId: chaincodeId(contract),
      input: { args, decorations: {}, isInit },
      timeout: 0,
    },
  })
}

function chaincodeId(name: string) {
  return { path: '', name, version: '' }
}
