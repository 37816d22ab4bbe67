import {
  ClientFrame,
  type Delivery as DeliveryFrame,
  InvocationKind,
  type Result,
  type Welcome,
} from '../../wire/remote.js'
import type { Attached, Delivery, Outcome } from '../prime.js'
import type { RemoteContract } from '../remote-contract.js'
import { HEARTBEAT_MS } from './settings.js'

/** Undefined where the bytes are no frame. One of a kind that is not known here has nothing set. */
export function readFrame(bytes: Uint8Array): ClientFrame | undefined {
  try {
    return ClientFrame.decode(bytes)
  } catch {
    return undefined
  }
}

export function outcomeOf(result: Result): Outcome {
  const { invocationId, leaseToken, dataJson, outputToChain, outputTag, error, logs, durationMs, heapJson } =
    result
  return {
    invocationId,
    leaseToken,
    dataJson,
    outputToChain,
    outputTag: outputTag ?? undefined,
    error: error ?? undefined,
    logs: logs ?? undefined,
    durationMs,
    heapJson,
  }
}

export function welcomeFrame(
  sessionId: string,
  protocol: number,
  { txnType }: Pick<RemoteContract, 'txnType'>,
  attached: Attached,
): Welcome {
  const own = { protocol, sessionId, contractName: txnType, heartbeatMs: HEARTBEAT_MS, features: [] }
  return { ...own, ...attached }
}

const KINDS = {
  transaction: InvocationKind.TRANSACTION,
  scheduled: InvocationKind.SCHEDULED,
  manual: InvocationKind.MANUAL,
} as const satisfies Readonly<Record<Delivery['kind'], number>>

export function deliveryFrame(delivery: Delivery, envVersion: number): DeliveryFrame {
  return {
    invocationId: delivery.invocationId,
    seq: delivery.seq,
    leaseToken: delivery.leaseToken,
    attempt: delivery.attempt,
    deadlineUnixMs: delivery.deadlineMs,
    transactionJson: delivery.transactionJson,
    txnId: delivery.txnId,
    kind: KINDS[delivery.kind],
    leaseMs: delivery.leaseMs,
    envVersion,
  }
}
