import type { Json } from '../base/json.js'
import type { Block } from './block.js'
import { decodeHeaderMembers, HEADER_MEMBERS } from './decode-header.js'
import { decodeTransaction } from './decode-transaction.js'
import { listOf, membersOf } from './shape.js'

/** Reads a block whose shape is right; whether it is well-formed is for `checkBlock`. @throws {RuleError} */
export function decodeBlock(json: Json): Block {
  const members = membersOf(json, 'BLK-1', 'block', [...HEADER_MEMBERS, 'transactions'])
  const header = decodeHeaderMembers(members)
  return { header, transactions: listOf(members.transactions, 'BLK-2', 'transactions', decodeTransaction) }
}
