import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import type { Codec } from './codec.js'
import {
  ChaincodeEventsResponse,
  ChaincodeMessage,
  CommitStatusResponse,
  EndorseRequest,
  EndorseResponse,
  EvaluateRequest,
  EvaluateResponse,
  SignedChaincodeEventsRequest,
  SignedCommitStatusRequest,
  SubmitRequest,
  SubmitResponse,
} from './fabric.js'
import { CheckReply, CheckRequest, ClientFrame, PrimeFrame } from './remote.js'

interface Streams {
  readonly requestStream: boolean
  readonly responseStream: boolean
}

const UNARY: Streams = { requestStream: false, responseStream: false }
const ANSWER_STREAM: Streams = { requestStream: false, responseStream: true }
const BOTH_STREAM: Streams = { requestStream: true, responseStream: true }

/** Where a contract that dials the node registers. */
export const chaincodeSupport = {
  register: method('/protos.ChaincodeSupport/Register', ChaincodeMessage, ChaincodeMessage, BOTH_STREAM),
} satisfies ServiceDefinition

/** Where the node connects to a contract that serves. The contract speaks first here, too. */
export const chaincode = {
  connect: method('/protos.Chaincode/Connect', ChaincodeMessage, ChaincodeMessage, BOTH_STREAM),
} satisfies ServiceDefinition

/** What client applications call. */
export const gateway = {
  endorse: method('/gateway.Gateway/Endorse', EndorseRequest, EndorseResponse, UNARY),
  submit: method('/gateway.Gateway/Submit', SubmitRequest, SubmitResponse, UNARY),
  commitStatus: method(
    '/gateway.Gateway/CommitStatus',
    SignedCommitStatusRequest,
    CommitStatusResponse,
    UNARY,
  ),
  evaluate: method('/gateway.Gateway/Evaluate', EvaluateRequest, EvaluateResponse, UNARY),
  chaincodeEvents: method(
    '/gateway.Gateway/ChaincodeEvents',
    SignedChaincodeEventsRequest,
    ChaincodeEventsResponse,
    ANSWER_STREAM,
  ),
} satisfies ServiceDefinition

/** Where clients that run remote contracts dial. */
export const remoteContracts = {
  connect: method('/remote_sc.v1.RemoteContracts/Connect', ClientFrame, PrimeFrame, BOTH_STREAM),
  check: method('/remote_sc.v1.RemoteContracts/Check', CheckRequest, CheckReply, UNARY),
} satisfies ServiceDefinition

function method<Q, A>(
  path: string,
  request: Codec<Q>,
  answer: Codec<A>,
  streams: Streams,
): MethodDefinition<Q, A> {
  return {
    path,
    ...streams,
    requestSerialize: (message) => bufferOf(request.encode(message)),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: (message) => bufferOf(answer.encode(message)),
    responseDeserialize: (bytes) => answer.decode(bytes),
  }
}

/** The same bytes, not copied. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
