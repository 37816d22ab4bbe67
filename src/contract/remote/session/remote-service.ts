import { type handleUnaryCall, Metadata, type MethodDefinition, type ServerDuplexStream } from '@grpc/grpc-js'
import type { GrpcPort } from '../../peer/grpc-port.js'
import type { CheckReply, CheckRequest } from '../../wire/remote.js'
import { remoteContracts } from '../../wire/services.js'
import type { Prime } from '../prime.js'
import type { RecordSource } from '../record-source.js'
import type { Admission, Admitted } from './admission.js'
import { GrpcFrameLine } from './frame-line.js'
import { limitFrames } from './limit-frames.js'
import type { LiveSessions } from './live-sessions.js'
import { REFUSALS, type Refusal, statusOf } from './refusal.js'
import { MAX_FRAME_BYTES, PROTOCOLS } from './settings.js'
import type { SessionTeller } from './teller.js'

export interface RemoteServiceOptions {
  readonly sessions: LiveSessions
  readonly admission: Admission
  readonly prime: Pick<Prime, 'backlog'>
  readonly chain: Pick<RecordSource, 'chainId'>
  readonly tell: Pick<SessionTeller, 'refused'>
}

type Frames = ServerDuplexStream<Buffer, Buffer>

/** Whatever is no frame is refused by the session, with a better code than grpc-js has for it. */
const connect: MethodDefinition<Buffer, Buffer> = {
  ...remoteContracts.connect,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
}

function same(bytes: Buffer): Buffer {
  return bytes
}

/** Adds what clients that run remote contracts call. */
export function addRemoteService(
  port: Pick<GrpcPort, 'addService' | 'cut'>,
  options: RemoteServiceOptions,
): void {
  const cut = (peer: string): void => port.cut(peer)
  port.addService(
    { connect, check: remoteContracts.check },
    { connect: (stream: Frames) => serve(stream, cut, options), check: checker(options) },
  )
}

function serve(stream: Frames, cut: (peer: string) => void, options: RemoteServiceOptions): void {
  const { sessions, tell } = options
  // Sets the status of the stream; without a listener it would end the process.
  stream.on('error', () => undefined)
  limitFrames(stream, MAX_FRAME_BYTES)
  const line = new GrpcFrameLine(stream, cut)
  const admitted = admit(stream, options)
  const session = 'code' in admitted ? admitted : sessions.open(line, admitted)
  if ('code' in session) {
    tell.refused(line.address, session)
    line.end(session)
    return
  }
  // At once: they tell the client that its headers are in order.
  stream.sendMetadata(new Metadata())
  stream.on('data', (bytes: Buffer) => session.receive(bytes))
  stream.on('end', () => session.halfClosed())
  for (const event of ['cancelled', 'close']) stream.once(event, () => session.closed())
}

function checker(options: RemoteServiceOptions): handleUnaryCall<CheckRequest, CheckReply> {
  const { admission, prime, chain, tell } = options
  return (call, answer) => {
    const peer = call.getPeer()
    const admitted = admission.admit(call.metadata, addressIn(peer))
    if ('code' in admitted) {
      tell.refused(peer, admitted)
      answer(statusOf(admitted))
      return
    }
    const { id: contractId, state } = admitted.contract
    const [protocol = 0] = PROTOCOLS
    const { chainId } = chain
    answer(null, { chainId, contractId, state, backlog: prime.backlog(contractId), protocol })
  }
}

function admit(stream: Frames, { admission }: RemoteServiceOptions): Admitted | Refusal {
  const admitted = admission.admit(stream.metadata, addressIn(stream.getPeer()))
  const isInactive = 'contract' in admitted && admitted.contract.state === 'inactive'
  return isInactive ? REFUSALS.inactive : admitted
}

function addressIn(peer: string): string {
  return peer.replace(/:\d+$/, '')
}
