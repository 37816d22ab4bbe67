import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { ChaincodeMessage } from '../wire/fabric.js'
import { chaincodeSupport } from '../wire/services.js'
import { ContractStream, type Registrar } from './contract-stream.js'
import type { GrpcPort } from './grpc-port.js'
import { MessageLine } from './message-line.js'
import { type ContractPeerSettings, DEFAULT_CONTRACT_PEER_SETTINGS } from './settings.js'

type Messages = ServerDuplexStream<ChaincodeMessage, ChaincodeMessage>

/** Lets contracts in that dial the node: the service protos.ChaincodeSupport. */
export function openContractDoor(
  port: Pick<GrpcPort, 'addService'>,
  registrar: Registrar,
  settings: Partial<ContractPeerSettings> = {},
): void {
  const all = { ...DEFAULT_CONTRACT_PEER_SETTINGS, ...settings }
  port.addService(chaincodeSupport, { register: (messages: Messages) => serve(messages, registrar, all) })
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
