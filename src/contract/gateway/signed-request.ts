import { status } from '@grpc/grpc-js'
import { ProposalError } from '../proposal/proposal-error.js'
import { requireSigner } from '../proposal/require-signer.js'
import { type Codec, WireError } from '../wire/codec.js'
import type { GatewayOptions } from './gateway-options.js'
import { RpcError } from './rpc-error.js'

/** A request that its client has signed as bytes. */
interface SignedRequest {
  readonly request: Uint8Array
  readonly signature: Uint8Array
}

interface ClientRequest {
  readonly channelId: string
  /** A serialised identity. */
  readonly identity: Uint8Array
}

/** What is asked for by bytes that nobody has signed yet, as far as is known. @throws {RpcError} INVALID_ARGUMENT */
export function decodeRequest<T>(codec: Codec<T>, request: Uint8Array, what: string): T {
  if (request.length === 0) throw new RpcError(status.INVALID_ARGUMENT, `a ${what} request is required`)
  try {
    return codec.decode(request)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    throw new RpcError(status.INVALID_ARGUMENT, `invalid ${what} request`, [], { cause: error })
  }
}

/**
 * Rejects unless a member has signed the request, and it is for this channel. `contract` is the one it asks about.
 * @throws {RpcError} PERMISSION_DENIED, FAILED_PRECONDITION
 */
export async function requireClient(
  { request, signature }: SignedRequest,
  { channelId, identity }: ClientRequest,
  contract: string | undefined,
  options: GatewayOptions,
): Promise<void> {
  if (channelId !== options.channelId)
    throw new RpcError(status.FAILED_PRECONDITION, `channel '${channelId.slice(0, 249)}' not found`)
  try {
    await requireSigner(
      { message: request, signature, creator: identity, contract },
      options.members,
      channelId,
    )
  } catch (error) {
    if (!(error instanceof ProposalError)) throw error
    throw new RpcError(status.PERMISSION_DENIED, error.message, [], { cause: error })
  }
}
