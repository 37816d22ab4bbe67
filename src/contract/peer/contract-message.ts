import { messageOf } from '../../base/errors.js'
import { ContractError } from '../contract-error.js'
import { StateRequestError } from '../simulation/state-requests.js'
import { WireError } from '../wire/codec.js'
import { ChaincodeID, type ChaincodeMessage, ChaincodeMessageType as Type, Response } from '../wire/fabric.js'
import type { Refusal } from './contract-line.js'
import type { ContractAnswer } from './open-call.js'

const MAX_NAME_LENGTH = 512

/** Why a contract may not have this name; undefined where it may. */
export function refusalOfName(name: string, expected: string | undefined): Refusal | undefined {
  if (name === '') {
    return { kind: 'invalid', text: 'error in handling register chaincode, chaincodeID name is empty' }
  }
  if (name.length > MAX_NAME_LENGTH) return { kind: 'invalid', text: 'the chaincode id is too long' }
  if (expected !== undefined && name !== expected) {
    return { kind: 'invalid', text: `the contract registered as ${name} instead of ${expected}` }
  }
  return undefined
}

/** Empty, too, where the payload is no ChaincodeID. */
export function nameIn(payload: Uint8Array): string {
  try {
    return ChaincodeID.decode(payload).name
  } catch (error) {
    if (error instanceof WireError) return ''
    throw error
  }
}

/** Undefined: it says COMPLETED, but has no response. */
export function answerIn({ type, payload, chaincodeEvent }: ChaincodeMessage): ContractAnswer | undefined {
  if (type === Type.ERROR) return { response: undefined, payload, event: undefined }
  try {
    const event = chaincodeEvent && { name: chaincodeEvent.eventName, payload: chaincodeEvent.payload }
    return { response: Response.decode(payload), payload, event: event ?? undefined }
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

/** Transaction ids have a fixed length, so the two never run into each other. */
export function keyOf({ channelId, txid }: { readonly channelId: string; readonly txid: string }): string {
  return channelId + txid
}

/** Whether the contract is to blame, not the node. */
export function isRefusal(error: unknown): boolean {
  return error instanceof StateRequestError || error instanceof WireError || error instanceof ContractError
}

/** What comes after `failed:` in an ERROR. */
export function causeOf(error: unknown): string {
  if (error instanceof WireError) return `unmarshal failed: ${error.message}`
  return messageOf(error)
}

/** The stream is over. */
export function terminated(): ContractError {
  return new ContractError('stream-lost', 'chaincode stream terminated')
}
