import { Metadata, status, type StatusObject } from '@grpc/grpc-js'
import { messageOf } from '../../base/errors.js'
import { ErrorDetail, Status } from '../wire/fabric.js'

/** A call fails with a status that the client sees. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: status
  /** What Fabric's clients show as the details of the error, each with the peer that it comes from. */
  readonly details: readonly ErrorDetail[]

  constructor(code: status, message: string, details: readonly ErrorDetail[] = [], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }
}

/** Longer texts could break the limit on headers, in which they travel. */
const MAX_TEXT_LENGTH = 2000
const HALF_PAIR = /[\ud800-\udbff]$/

const DETAIL_TYPE = 'type.googleapis.com/gateway.ErrorDetail'
const DETAILS_KEY = 'grpc-status-details-bin'

/** An error as gRPC sends it. What is no RpcError is our own fault, and says nothing to the client. */
export function statusOf(error: unknown): Partial<StatusObject> {
  if (!(error instanceof RpcError)) return { code: status.INTERNAL, details: 'internal error of the node' }
  const { code, details } = error
  const message = shortened(messageOf(error))
  if (details.length === 0) return { code, details: message }
  const metadata = new Metadata()
  metadata.add(DETAILS_KEY, Buffer.from(encodeStatus(code, message, details)))
  return { code, details: message, metadata }
}

function encodeStatus(code: number, message: string, details: readonly ErrorDetail[]): Uint8Array {
  return Status.encode({
    code,
    message,
    details: details.map((detail) => ({
      typeUrl: DETAIL_TYPE,
      value: ErrorDetail.encode({ ...detail, message: shortened(detail.message) }),
    })),
  })
}

function shortened(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH).replace(HALF_PAIR, '')}…`
}
