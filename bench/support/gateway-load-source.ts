/** Submits calls of the counter through a node's gateway, in a process of its own: told how many, it makes them, and sends them once it is told to. */
import { createPrivateKey } from 'node:crypto'
import { type Identity, serializeIdentity } from '../../src/contract/identity/identity.js'
import { signMessage } from '../../src/contract/identity/signature-key.js'
import { makeProposal } from '../../src/contract/proposal/make-proposal.js'
import {
  CommitStatusRequest,
  CommitStatusResponse,
  EndorseRequest,
  EndorseResponse,
  SignedCommitStatusRequest,
  SignedProposal,
  SubmitRequest,
} from '../../src/contract/wire/fabric.js'
import { inputOfChild } from './child.js'
import { COUNTER } from './counter-calls.js'
import { framed, GrpcClient } from './grpc-client.js'

export interface GatewayLoadInput {
  readonly port: number
  readonly channelId: string
  readonly mspId: string
  readonly certificate: string
  /** PEM. */
  readonly privateKey: string
  /** Calls that are endorsed or submitted at once; any number wait to be committed meanwhile. */
  readonly inFlight: number
}

/** What it is told: to make so many calls, or to submit those that were made. */
export type GatewayLoadOrder = { readonly make: number } | 'submit'

interface PreparedCall {
  readonly callId: string
  readonly endorse: Buffer
  readonly status: Buffer
}

const input = inputOfChild() as GatewayLoadInput
const { channelId, inFlight } = input
const identity: Identity = { ...input, privateKey: createPrivateKey(input.privateKey) }
const creator = serializeIdentity(identity)
const client = await GrpcClient.open(input.port)
let calls: PreparedCall[] = []
let made = 0

process.on('message', (order: GatewayLoadOrder) => {
  void obey(order).then((answer) => process.send?.(answer))
})
process.once('disconnect', () => client.close())
process.send?.('ready')

/** How long it took, in ms. */
async function obey(order: GatewayLoadOrder): Promise<number | string> {
  try {
    const start = performance.now()
    if (order === 'submit') await submitAll()
    else calls = Array.from({ length: order.make }, prepare)
    return performance.now() - start
  } catch (error) {
    return String(error)
  }
}

/** Each call has a key of its own, so that none is in the way of another. */
function prepare(): PreparedCall {
  const args = [Buffer.from('add'), Buffer.from(`key${made++}`)]
  const { callId, signedProposal } = makeProposal({
    ...{ channelId, identity, contract: COUNTER.name, args },
    timestampMs: Date.now(),
  })
  const proposedTransaction = SignedProposal.decode(signedProposal)
  const request = CommitStatusRequest.encode({ transactionId: callId, channelId, identity: creator })
  const signature = signMessage(identity.privateKey, request)
  return {
    callId,
    endorse: framed(EndorseRequest.encode({ transactionId: callId, channelId, proposedTransaction })),
    status: framed(SignedCommitStatusRequest.encode({ request, signature })),
  }
}

async function submitAll(): Promise<void> {
  const faults: unknown[] = []
  const commits: Promise<unknown>[] = []
  const work = async (): Promise<void> => {
    for (let call = calls.pop(); call; call = calls.pop()) {
      await submit(call)
      commits.push(committed(call).catch((error: unknown) => faults.push(error)))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  await Promise.all(commits)
  if (faults.length > 0) throw faults[0]
}

async function submit({ callId, endorse }: PreparedCall): Promise<void> {
  const endorsed = EndorseResponse.decode(await client.unary('/gateway.Gateway/Endorse', endorse))
  const payload = endorsed.preparedTransaction?.payload ?? Buffer.alloc(0)
  const preparedTransaction = { payload, signature: signMessage(identity.privateKey, payload) }
  const request = SubmitRequest.encode({ transactionId: callId, channelId, preparedTransaction })
  await client.unary('/gateway.Gateway/Submit', framed(request))
}

async function committed({ callId, status }: PreparedCall): Promise<void> {
  const { result } = CommitStatusResponse.decode(await client.unary('/gateway.Gateway/CommitStatus', status))
  if (result !== 0) throw new Error(`call ${callId} is not valid: ${result}`)
}
