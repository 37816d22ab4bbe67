import type { ChannelOptions } from '@grpc/grpc-js'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { messageOf } from '../../base/errors.js'
import type { ChaincodeMessage } from '../wire/fabric.js'
import { chaincodeSupport } from '../wire/services.js'
import type { Chaincode } from './chaincode.js'
import { CHANNEL_DEFAULTS } from './channel-defaults.js'
import { ChaincodeSession } from './session.js'

/** A certificate and its key, in PEM, and the certificates that the other side's is checked with. */
export interface ClientTls {
  readonly roots: Buffer
  readonly key: Buffer
  readonly certificate: Buffer
  /** The name the peer's certificate is made for, where it is not its address. */
  readonly serverName?: string | undefined
}

export interface DialOptions {
  /** Of the peer, as host:port. */
  readonly host: string
  /** What the contract registers as. */
  readonly id: string
  readonly tls?: ClientTls | undefined
  readonly channel?: ChannelOptions
  /** The peer takes transactions from now on. */
  readonly onReady?: () => void
}

/** A stream to a peer. */
export interface PeerStream {
  /** Resolves when the stream is over, with why; undefined where it was closed here. It is not opened again. */
  readonly ended: Promise<string | undefined>
  close(): void
}

/** Dials a peer, registers a contract there and serves its transactions until the stream ends. */
export function dialPeer(chaincode: Chaincode, options: DialOptions): PeerStream {
  const { host, id, tls } = options
  const secure = tls && credentials.createSsl(tls.roots, tls.key, tls.certificate)
  const client = new Client(host, secure ?? credentials.createInsecure(), {
    ...CHANNEL_DEFAULTS,
    ...serverName(tls?.serverName),
    ...options.channel,
  })
  const { path, requestSerialize, responseDeserialize } = chaincodeSupport.register
  // What is left out of a message is not sent.
  const serialize = requestSerialize as (message: Partial<ChaincodeMessage>) => Buffer
  const stream = client.makeBidiStreamRequest(path, serialize, responseDeserialize, new Metadata())
  const session = new ChaincodeSession((message) => stream.write(message), chaincode, options.onReady)
  let end: (reason?: string) => void = () => undefined
  const ended = new Promise<string | undefined>((resolve) => {
    end = (reason) => {
      resolve(reason)
      session.end()
      stream.cancel()
      client.close()
    }
  })
  stream.on('data', (message: ChaincodeMessage) => {
    try {
      session.receive(message)
    } catch (error) {
      end(messageOf(error))
    }
  })
  stream.on('error', (error) => end(error.message))
  stream.on('end', () => end('the peer ended it'))
  session.register(id)
  return { ended, close: () => end() }
}

const serverName = (name: string | undefined): ChannelOptions =>
  name ? { 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name } : {}
