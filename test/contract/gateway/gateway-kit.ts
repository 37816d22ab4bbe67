import { promisify } from 'node:util'
import {
  type CallOptions,
  type ClientReadableStream,
  credentials,
  makeGenericClientConstructor,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
} from '@grpc/grpc-js'
import type { Call } from '../../../src/contract/call.js'
import type { GatewayCalls } from '../../../src/contract/gateway/gateway-calls.js'
import type { GatewayOptions } from '../../../src/contract/gateway/gateway-options.js'
import { gatewayService } from '../../../src/contract/gateway/gateway-service.js'
import { type Identity, serializeIdentity } from '../../../src/contract/identity/identity.js'
import { Membership } from '../../../src/contract/identity/membership.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { signMessage } from '../../../src/contract/identity/signature-key.js'
import { makeProposal, type ProposalParts } from '../../../src/contract/proposal/make-proposal.js'
import {
  ChaincodeEventsRequest,
  type ChaincodeEventsResponse,
  CommitStatusRequest,
  ErrorDetail,
  SignedProposal,
  Status,
} from '../../../src/contract/wire/fabric.js'
import { gateway } from '../../../src/contract/wire/services.js'

export const NOW = Date.UTC(2026, 0, 15, 12, 30, 0, 789)
export const CHANNEL = 'mychannel'
export const organisation = await Organisation.create('Org1MSP', NOW)
export const alice = await organisation.issue({ commonName: 'alice' }, NOW)
export const bob = await organisation.issue({ commonName: 'bob' }, NOW)

/** A proposal of alice to call `basic`. */
export function proposal(parts: Partial<ProposalParts> = {}): Call {
  return makeProposal({
    channelId: CHANNEL,
    identity: alice,
    contract: 'basic',
    args: [Buffer.from('CreateAsset'), Buffer.from('a1')],
    timestampMs: NOW,
    ...parts,
  })
}

export function options(calls: GatewayCalls, more: Partial<GatewayOptions> = {}): GatewayOptions {
  const roots = { rootsOf: (mspId: string) => (mspId === 'Org1MSP' ? [organisation.rootCertificate] : []) }
  return {
    channelId: CHANNEL,
    members: new Membership({ roots, nowMs: () => NOW }),
    calls,
    peer: { address: 'localhost:7051', mspId: 'Org1MSP' },
    maxTransactionBytes: 100_000,
    onFault: (error) => {
      throw error
    },
    ...more,
  }
}

type UnaryMethod = (
  request: object,
  metadata: Metadata,
  options: CallOptions,
  callback: (error: ServiceError | null, value?: object) => void,
) => { cancel(): void }

/** A gateway on a port of its own, and a client of it. */
export class GatewayKit {
  readonly port: number
  readonly #server: Server
  readonly #client: InstanceType<ReturnType<typeof makeGenericClientConstructor>>

  private constructor(server: Server, port: number) {
    this.port = port
    this.#server = server
    const Client = makeGenericClientConstructor(gateway, 'gateway.Gateway')
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  }

  static async open(gatewayOptions: GatewayOptions): Promise<GatewayKit> {
    const server = new Server()
    server.addService(gateway, gatewayService(gatewayOptions))
    const bind = promisify(server.bindAsync.bind(server))
    return new GatewayKit(server, await bind('127.0.0.1:0', ServerCredentials.createInsecure()))
  }

  evaluate(call: Call, deadlineMs?: number): Promise<unknown> {
    const proposedTransaction = SignedProposal.decode(call.signedProposal)
    const request = { transactionId: call.callId, channelId: CHANNEL, proposedTransaction }
    return this.unary('evaluate', request, deadlineMs)
  }

  endorse(call: Call): Promise<unknown> {
    const proposedTransaction = SignedProposal.decode(call.signedProposal)
    return this.unary('endorse', { transactionId: call.callId, channelId: CHANNEL, proposedTransaction })
  }

  commitStatus(
    request: Partial<CommitStatusRequest>,
    signer: Identity = alice,
    deadlineMs?: number,
  ): Promise<unknown> {
    const defaults = { channelId: CHANNEL, identity: serializeIdentity(alice) }
    return this.unary(
      'commitStatus',
      signed(CommitStatusRequest.encode({ ...defaults, ...request }), signer),
      deadlineMs,
    )
  }

  events(
    request: Partial<ChaincodeEventsRequest> = {},
    signer: Identity = alice,
  ): ClientReadableStream<ChaincodeEventsResponse> {
    const defaults = { channelId: CHANNEL, chaincodeId: 'basic', identity: serializeIdentity(alice) }
    const method = this.#client['chaincodeEvents'] as (
      request: object,
    ) => ClientReadableStream<ChaincodeEventsResponse>
    const stream = method.call(
      this.#client,
      signed(ChaincodeEventsRequest.encode({ ...defaults, ...request }), signer),
    )
    // A stream that a test leaves ends with an error that nobody waits for.
    return stream.on('error', () => undefined)
  }

  unary(method: keyof typeof gateway, request: object, deadlineMs?: number): Promise<unknown> {
    return this.cancellable(method, request, deadlineMs).answer
  }

  cancellable(
    method: keyof typeof gateway,
    request: object,
    deadlineMs?: number,
  ): { readonly answer: Promise<unknown>; readonly cancel: () => void } {
    let cancel = (): void => undefined
    const answer = new Promise((resolve, reject) => {
      const call = (this.#client[method] as UnaryMethod).call(
        this.#client,
        request,
        new Metadata(),
        deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
        (error, value) => {
          if (error) reject(error)
          else resolve(value)
        },
      )
      cancel = () => call.cancel()
    })
    return { answer, cancel: () => cancel() }
  }

  close(): void {
    this.#client.close()
    this.#server.forceShutdown()
  }
}

export function signed(request: Uint8Array, signer: Identity) {
  return { request, signature: signMessage(signer.privateKey, request) }
}

/** What a client sees of an error. */
export async function failure(answer: Promise<unknown>): Promise<{
  readonly code: number
  readonly message: string
  readonly details: readonly ErrorDetail[]
}> {
  const error = (await answer.then(
    (value) => {
      throw new Error(`answered with ${JSON.stringify(value)}`)
    },
    (caught: unknown) => caught,
  )) as ServiceError
  const [bytes] = error.metadata.get('grpc-status-details-bin')
  const details = bytes === undefined ? [] : Status.decode(bytes as Buffer).details
  return {
    code: error.code,
    message: error.details,
    details: details.map(({ value }) => ErrorDetail.decode(value)),
  }
}
