import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { decoderOf, encoderOf } from './codec.js'
import { type Config, ConfigError } from './config.js'
import type { CheckReply, ClientFrame, PrimeFrame } from './frames.js'

export const TEMPLATE_VERSION = '1.0.0'

const CHECK_DEADLINE_MS = 10_000

const SERVICE = '/remote_sc.v1.RemoteContracts'
const connectMethod = {
  path: `${SERVICE}/Connect`,
  serialize: encoderOf<ClientFrame>('ClientFrame'),
  deserialize: decoderOf<PrimeFrame>('PrimeFrame'),
}
const checkMethod = {
  path: `${SERVICE}/Check`,
  serialize: encoderOf<object>('CheckRequest'),
  deserialize: decoderOf<CheckReply>('CheckReply'),
}

const OPTIONS = {
  // A peer that fell silent is noticed within 10 + 3 s; the system would take two hours.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3_000,
  'grpc.keepalive_permit_without_calls': 1,
  // The wait between connections is this program's alone: a shared subchannel has a wait of its own.
  'grpc.use_local_subchannel_pool': 1,
}

/** What connections to the node are made with. */
export class Channel {
  readonly #config: Config
  readonly #credentials

  /** @throws {ConfigError} the certificate cannot be used */
  constructor(config: Config) {
    this.#config = config
    this.#credentials = config.useTls ? tlsCredentials(config.tlsCertPath) : credentials.createInsecure()
  }

  /** A connection of its own, which ends with {@link Connection.close}. */
  connect(): Connection {
    const client = this.#newClient()
    const { path, serialize, deserialize } = connectMethod
    const stream = client.makeBidiStreamRequest(path, serialize, deserialize, this.#headers())
    return {
      stream,
      close() {
        stream.cancel()
        client.close()
      },
    }
  }

  /** Asks whether the headers are in order. @throws {ServiceError} */
  async check(): Promise<CheckReply> {
    const client = this.#newClient()
    const { path, serialize, deserialize } = checkMethod
    const options = { deadline: Date.now() + CHECK_DEADLINE_MS }
    try {
      return await new Promise<CheckReply>((resolve, reject) => {
        const answer = (error: ServiceError | null, reply?: CheckReply): void =>
          error === null && reply !== undefined ? resolve(reply) : reject(error ?? new Error('no answer'))
        client.makeUnaryRequest(path, serialize, deserialize, {}, this.#headers(), options, answer)
      })
    } finally {
      client.close()
    }
  }

  #newClient(): Client {
    return new Client(this.#config.serverAddress, this.#credentials, OPTIONS)
  }

  #headers(): Metadata {
    const headers = new Metadata()
    headers.set('x-api-key', this.#config.apiKey)
    headers.set('x-smart-contract-id', this.#config.smartContractId)
    headers.set('x-chain-id', this.#config.chainId)
    headers.set('x-client', `typescript/${TEMPLATE_VERSION}`)
    return headers
  }
}

export interface Connection {
  readonly stream: ClientDuplexStream<ClientFrame, PrimeFrame>
  close(): void
}

/** The certificate of the file is trusted besides those that Node trusts. */
function tlsCredentials(path: string | undefined): ReturnType<typeof credentials.createSsl> {
  if (path === undefined) return credentials.createSsl()
  try {
    const own = readFileSync(path, 'utf8')
    return credentials.createSsl(Buffer.from([...rootCertificates, own].join('\n')))
  } catch (error) {
    throw new ConfigError(`tls_cert_path: ${path} cannot be used: ${(error as Error).message}`)
  }
}
