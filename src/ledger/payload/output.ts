import { canonicalJson } from '../../base/canonical-json.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Json } from '../../base/json.js'
import { decodeAddress } from '../decode-address.js'
import { membersOf, textOf } from '../shape.js'
import { taggedHash } from '../tagged-hash.js'
import { requireHashable } from './hashable-json.js'

/** What a remote contract made of what invoked it. Typed data like a record, but it invokes nothing. */
export interface OutputPayload {
  readonly kind: 'output'
  /** Of the record that invoked the contract. */
  readonly txnType: string
  readonly tag: string
  /** Any JSON whose numbers are integers. */
  readonly payload: Json
  /** Address of the node that the contract works for; must sign. */
  readonly invoker: string
  /** Id of the contract at that node. */
  readonly contract: string
  /** Id of the transaction that invoked it, or what stands for it where there was none. */
  readonly invokedBy: string
}

const hashOutput = taggedHash('terrarium/output')

/**
 * What an output is known by: an invocation of a contract has one output on a chain, whatever it says. 66 hex digits: call
 * ids, which their makers choose, have 64, so that nobody can take an output's place with a call.
 */
export function outputId({
  invoker,
  contract,
  invokedBy,
}: Pick<OutputPayload, 'invoker' | 'contract' | 'invokedBy'>): string {
  return `00${bytesToHex(hashOutput(utf8ToBytes(canonicalJson([invoker, contract, invokedBy]))))}`
}

export function decodeOutput(json: Json): OutputPayload {
  const members = ['kind', 'txn_type', 'tag', 'payload', 'invoker', 'contract', 'invoked_by'] as const
  const output = membersOf(json, 'PAY-2', 'output', members)
  requireHashable(output.payload)
  return {
    kind: 'output',
    txnType: textOf(output.txn_type, 'PAY-4', 'txn_type', 1, 128),
    tag: textOf(output.tag, 'PAY-5', 'tag', 0, 1024),
    payload: output.payload,
    invoker: decodeAddress(output.invoker, 'invoker'),
    contract: textOf(output.contract, 'PAY-23', 'contract', 1, 64),
    invokedBy: textOf(output.invoked_by, 'PAY-24', 'invoked_by', 1, 128),
  }
}

export function encodeOutput(output: OutputPayload): Json {
  const { kind, txnType, tag, payload, invoker, contract, invokedBy } = output
  return { kind, txn_type: txnType, tag, payload, invoker, contract, invoked_by: invokedBy }
}
