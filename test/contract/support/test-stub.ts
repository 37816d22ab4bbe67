import type { ContractClass, ContractPackage } from '../../../src/contract/api/contract-router.js'
import { ContractRouter } from '../../../src/contract/api/contract-router.js'
import { JSONSerializer } from '../../../src/contract/api/json-serializer.js'
import type { Handler } from '../../../src/contract/shim/handler.js'
import { ChaincodeStub } from '../../../src/contract/shim/stub.js'
import { readProposal } from '../../../src/contract/shim/proposal.js'
import { signedProposal } from './signed-proposal.js'

/** A stub for contracts that ask nothing of the ledger. */
export function testStub(args: readonly string[], handler: Partial<Handler> = {}): ChaincodeStub {
  return new ChaincodeStub(handler as Handler, {
    channelId: 'mychannel',
    txId: 'a'.repeat(64),
    args: args.map((arg) => Buffer.from(arg)),
    proposal: readProposal(signedProposal('a'.repeat(64))),
  })
}

export function routerOf(
  contracts: readonly ContractClass[],
  more: Partial<ContractPackage> = {},
): ContractRouter {
  return new ContractRouter({ contracts, serializer: JSONSerializer, metadata: {}, ...more })
}

/** What a call answers, as text: the payload where it succeeds, otherwise the status and the message. */
export async function answerOf(router: ContractRouter, ...args: string[]): Promise<string> {
  const { status, message, payload } = await router.Invoke(testStub(args))
  return status === 200 ? Buffer.from(payload ?? []).toString() : `${status} ${message ?? ''}`
}
