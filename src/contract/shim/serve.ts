import type { ChannelOptions, ServerDuplexStream } from '@grpc/grpc-js'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import { messageOf } from '../../base/errors.js'
import type { ChaincodeMessage } from '../wire/fabric.js'
import { chaincode as chaincodeService } from '../wire/services.js'
import type { Chaincode } from './chaincode.js'
import { CHANNEL_DEFAULTS } from './channel-defaults.js'
import { ChaincodeSession } from './session.js'

/** A certificate and its key, in PEM; with `clientRoots` peers have to show a certificate of theirs. */
export interface ServerTls {
  readonly key: Buffer
  readonly certificate: Buffer
  readonly clientRoots?: Buffer | undefined
}

export interface ServeOptions {
  /** As host:port; port 0 takes a free one. */
  readonly address: string
  /** What the contract registers as on every stream. */
  readonly id: string
  readonly tls?: ServerTls | undefined
  readonly channel?: ChannelOptions
}

/** A contract that peers connect to. */
export interface ContractServer {
  readonly port: number
  /** Ends all streams. */
  close(): void
}

/** Serves a contract to as many peers as connect. @throws {Error} where the address cannot be had */
export async function serveContract(chaincode: Chaincode, options: ServeOptions): Promise<ContractServer> {
  const server = new Server({ ...CHANNEL_DEFAULTS, ...options.channel })
  const connect = (stream: ServerDuplexStream<ChaincodeMessage, Partial<ChaincodeMessage>>): void =>
    converse(stream, chaincode, options.id)
  server.addService(chaincodeService, { connect })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.address, serverCredentials(options.tls), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
  return { port, close: () => server.forceShutdown() }
}

function converse(
  stream: ServerDuplexStream<ChaincodeMessage, Partial<ChaincodeMessage>>,
  chaincode: Chaincode,
  id: string,
): void {
  const session = new ChaincodeSession((message) => stream.write(message), chaincode)
  stream.on('data', (message: ChaincodeMessage) => {
    try {
      session.receive(message)
    } catch (error) {
      stream.emit('error', { code: status.FAILED_PRECONDITION, details: messageOf(error) })
    }
  })
  stream.on('end', () => {
    session.end()
    stream.end()
  })
  stream.on('cancelled', () => session.end())
  stream.on('error', () => session.end())
  session.register(id)
}

function serverCredentials(tls: ServerTls | undefined): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure()
  const pair = { private_key: tls.key, cert_chain: tls.certificate }
  return ServerCredentials.createSsl(tls.clientRoots ?? null, [pair], tls.clientRoots !== undefined)
}
