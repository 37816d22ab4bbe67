import {
  type ChannelOptions,
  Client,
  credentials,
  type ClientDuplexStream,
  type ChannelCredentials,
} from '@grpc/grpc-js'
import { ContractError } from '../contract-error.js'
import type { ChaincodeMessage } from '../wire/fabric.js'
import { chaincode } from '../wire/services.js'
import type { Connection, ConnectionTls } from './connection-file.js'
import { ContractStream, type Registrar } from './contract-stream.js'
import { MessageLine } from './message-line.js'
import type { ContractPeerSettings } from './settings.js'

type Messages = ClientDuplexStream<ChaincodeMessage, ChaincodeMessage>

/** As often as the Node shim pings a peer; servers do not take that for an attack. */
const PING_MS = 110_000
const PING_TIMEOUT_MS = 20_000

export interface ContractClientOptions {
  /** The contract has to register as this. */
  readonly id: string
  readonly connection: Connection
  readonly registrar: Registrar
  readonly settings: ContractPeerSettings
  /** A stream that was registered is over. */
  readonly onGone: () => void
}

/** Opens a stream to a contract that serves and waits until it has registered. @throws {ContractError} not-connected */
export async function connectContract(options: ContractClientOptions): Promise<ContractStream> {
  const { id, connection } = options
  try {
    return await register(options)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ContractError('not-connected', `contract ${id} at ${connection.address}: ${reason}`)
  }
}

function register({
  id,
  connection,
  registrar,
  settings,
  onGone,
}: ContractClientOptions): Promise<ContractStream> {
  const client = new Client(
    connection.address,
    channelCredentials(connection.tls),
    channelOptions(connection, settings),
  )
  return new Promise((resolve, reject) => {
    let isRegistered = false
    const own: Registrar = {
      admit: (name, stream) => registrar.admit(name, stream),
      ready: (stream) => {
        isRegistered = true
        registrar.ready(stream)
        resolve(stream)
      },
      gone: (stream, reason) => {
        client.close()
        registrar.gone(stream, reason)
        if (isRegistered) onGone()
        else reject(new Error(reason))
      },
    }
    const limits = { ...settings, registerTimeoutMs: connection.dialTimeoutMs }
    open(client, { id, address: connection.address }, own, limits)
  })
}

function open(
  client: Client,
  { id, address }: { readonly id: string; readonly address: string },
  registrar: Registrar,
  settings: ContractPeerSettings,
): void {
  const { path, requestSerialize, responseDeserialize } = chaincode.connect
  const messages: Messages = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
  const line = new MessageLine(messages, {
    address,
    expectedId: id,
    end: (refusal) => (refusal ? messages.cancel() : void messages.end()),
  })
  const stream = new ContractStream(line, registrar, settings)
  messages.on('data', (message: ChaincodeMessage) => stream.receive(message))
  messages.on('end', () => {
    stream.lost('the contract ended the stream')
    messages.end()
  })
  messages.on('error', ({ details }: { readonly details: string }) => stream.lost(details))
}

function channelCredentials(tls: ConnectionTls | undefined): ChannelCredentials {
  if (!tls) return credentials.createInsecure()
  const { rootCertificate, client } = tls
  return credentials.createSsl(
    Buffer.from(rootCertificate),
    client && Buffer.from(client.key),
    client && Buffer.from(client.certificate),
  )
}

function channelOptions({ tls }: Connection, { maxMessageBytes }: ContractPeerSettings): ChannelOptions {
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.keepalive_time_ms': PING_MS,
    'grpc.keepalive_timeout_ms': PING_TIMEOUT_MS,
    'grpc.enable_channelz': 0,
    // The dialler has pauses of its own.
    'grpc.use_local_subchannel_pool': 1,
    ...(tls?.domain === undefined
      ? {}
      : { 'grpc.ssl_target_name_override': tls.domain, 'grpc.default_authority': tls.domain }),
  }
}
