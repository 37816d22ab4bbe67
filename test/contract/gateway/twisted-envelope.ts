import type { Call, CallResponse } from '../../../src/contract/call.js'
import { preparedTransaction } from '../../../src/contract/gateway/prepared-transaction.js'
import { proposalHash } from '../../../src/contract/gateway/proposal-hash.js'
import {
  ChaincodeAction,
  ChaincodeActionPayload,
  ChannelHeader,
  type Header,
  Payload,
  ProposalResponsePayload,
  Transaction,
} from '../../../src/contract/wire/fabric.js'
import { transactionOf } from './fake-calls.js'

export const OK: CallResponse = { status: 200, message: 'fine', payload: Buffer.from('answer') }

/** What a client signs to submit a call that got the answer {@link OK}. */
export function envelopePayload(call: Call): Uint8Array {
  return preparedTransaction(call, OK, transactionOf(call, OK))
}

/** What is to differ from the envelope that the node made. */
export interface Twist {
  readonly channelHeader?: Partial<ChannelHeader>
  readonly header?: Partial<Header>
  readonly hash?: Uint8Array
  /** The text of the results. */
  readonly results?: (results: string) => string
  readonly action?: (action: Uint8Array) => Uint8Array
  readonly actions?: number
  readonly payload?: Partial<Payload>
}

/** Takes an envelope apart and puts it together again. */
export function twisted(call: Call, twist: Twist): Uint8Array {
  const whole = Payload.decode(envelopePayload(call))
  const header = {
    channelHeader: ChannelHeader.encode({
      ...ChannelHeader.decode(whole.header?.channelHeader ?? new Uint8Array()),
      ...twist.channelHeader,
    }),
    signatureHeader: whole.header?.signatureHeader ?? new Uint8Array(),
    ...twist.header,
  }
  const [first] = Transaction.decode(whole.data).actions
  const payload = (twist.action ?? ((same) => same))(
    twistAction(first?.payload ?? new Uint8Array(), header, twist),
  )
  const actions = Array.from({ length: twist.actions ?? 1 }, () => ({
    header: header.signatureHeader,
    payload,
  }))
  return Payload.encode({ header, data: Transaction.encode({ actions }), ...twist.payload })
}

function twistAction(bytes: Uint8Array, header: Header, twist: Twist): Uint8Array {
  const { chaincodeProposalPayload, action } = ChaincodeActionPayload.decode(bytes)
  const { extension } = ProposalResponsePayload.decode(action?.proposalResponsePayload ?? new Uint8Array())
  const { results, response } = ChaincodeAction.decode(extension)
  const text = Buffer.from(results).toString()
  const proposalResponsePayload = ProposalResponsePayload.encode({
    proposalHash:
      twist.hash ?? proposalHash(header.channelHeader, header.signatureHeader, chaincodeProposalPayload),
    extension: ChaincodeAction.encode({
      results: Buffer.from((twist.results ?? ((same) => same))(text)),
      response,
    }),
  })
  return ChaincodeActionPayload.encode({
    chaincodeProposalPayload,
    action: { proposalResponsePayload, endorsements: [] },
  })
}
