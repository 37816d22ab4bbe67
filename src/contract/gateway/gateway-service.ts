import type { UntypedServiceImplementation } from '@grpc/grpc-js'
import type {
  EndorseRequest,
  EvaluateRequest,
  SignedChaincodeEventsRequest,
  SignedCommitStatusRequest,
  SubmitRequest,
} from '../wire/fabric.js'
import { chaincodeEvents } from './chaincode-events.js'
import { commitStatus } from './commit-status.js'
import { endorse } from './endorse.js'
import { evaluate } from './evaluate.js'
import { DEFAULT_LIMITS, type GatewayOptions } from './gateway-options.js'
import { streamed, unary } from './handlers.js'
import { PreparedMemory } from './prepared-memory.js'
import { submit } from './submit.js'
import { Turnstile } from './turnstile.js'

const MAX_PREPARED_BYTES = 16 * 1024 * 1024

/** The service that Fabric's client applications call: to be added to a gRPC server under the definition `gateway`. */
export function gatewayService(options: GatewayOptions): UntypedServiceImplementation {
  const { onFault } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const calls = new Turnstile(limits.calls)
  const memory = new PreparedMemory(MAX_PREPARED_BYTES)
  return {
    evaluate: unary((request: EvaluateRequest, signal) => evaluate(request, signal, options), calls, onFault),
    endorse: unary(
      (request: EndorseRequest, signal) => endorse(request, signal, options, memory),
      calls,
      onFault,
    ),
    submit: unary((request: SubmitRequest) => submit(request, options, memory), calls, onFault),
    commitStatus: unary(
      (request: SignedCommitStatusRequest, signal) => commitStatus(request, signal, options),
      new Turnstile(limits.waits),
      onFault,
    ),
    chaincodeEvents: streamed(
      (request: SignedChaincodeEventsRequest, signal) => chaincodeEvents(request, signal, options),
      new Turnstile(limits.streams),
      onFault,
    ),
  }
}
