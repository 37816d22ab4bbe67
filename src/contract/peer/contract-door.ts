import { type ServerDuplexStream, status } from '@grpc/grpc-js'
import type { ChaincodeMessage } from '../wire/fabric.js'
import { chaincodeSupport } from '../wire/services.js'
import { ContractStream, type Registrar } from './contract-stream.js'
import type { GrpcPort } from './grpc-port.js'
import { mayRegister } from './may-register.js'
import { MessageLine } from './message-line.js'
import { type ContractPeerSettings, DEFAULT_CONTRACT_PEER_SETTINGS } from './settings.js'

type Messages = ServerDuplexStream<ChaincodeMessage, ChaincodeMessage>

/** Lets contracts in that dial the node: the service protos.ChaincodeSupport. Strangers, and too many, are turned away. */
export function openContractDoor(
  port: Pick<GrpcPort, 'addService'>,
  registrar: Registrar,
  settings: Partial<ContractPeerSettings> = {},
): void {
  const all = { ...DEFAULT_CONTRACT_PEER_SETTINGS, ...settings }
  let open = 0
  const counting: Registrar = {
    admit: (id, stream) => registrar.admit(id, stream),
    ready: (stream) => registrar.ready(stream),
    gone: (stream, reason) => {
      open -= 1
      registrar.gone(stream, reason)
    },
  }
  const register = (messages: Messages): void => {
    if (!mayRegister(messages)) {
      refuse(messages, status.PERMISSION_DENIED, NO_CERTIFICATE)
    } else if (open >= all.streams) {
      refuse(messages, status.RESOURCE_EXHAUSTED, `there are ${open} contracts here, and no more may come`)
    } else {
      open += 1
      serve(messages, counting, all)
    }
  }
  port.addService(chaincodeSupport, { register })
}

const NO_CERTIFICATE =
  'a contract that dials from another machine shows a certificate of the client-ca.crt that the node was started with'

function refuse(messages: Messages, code: status, details: string): void {
  messages.on('error', () => undefined)
  messages.emit('error', { code, details })
}

function serve(messages: Messages, registrar: Registrar, settings: ContractPeerSettings): void {
  const line = new MessageLine(messages, {
    address: messages.getPeer(),
    expectedId: undefined,
    end: (refusal) => (refusal ? messages.emit('error', refusal) : messages.end()),
  })
  const stream = new ContractStream(line, registrar, settings)
  messages.on('data', (message: ChaincodeMessage) => stream.receive(message))
  messages.on('end', () => {
    stream.lost('the contract ended the stream')
    messages.end()
  })
  messages.on('cancelled', () => stream.lost('the connection was lost'))
  messages.on('error', (error: { readonly message?: string }) => stream.lost(error.message ?? 'refused'))
  messages.on('close', () => stream.lost('the stream was closed'))
}
