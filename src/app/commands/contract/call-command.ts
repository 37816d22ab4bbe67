import type { Bytes } from '../../../api/schemas/contract.js'
import { messageOf } from '../../../base/errors.js'
import { SettingsError } from '../../settings/errors.js'
import { flagOf, type Given, print, printJson, textOf, wordsOf } from './node-client.js'

/** Flags of the commands that call a function. */
export const CALL_FLAGS = {
  as: 'identity to call as: one of the node’s, such as user1@Org1MSP [the first]',
  transient: 'JSON object of what only the contract is to see',
}

export function callParams(given: Given) {
  const [identity, transient] = [textOf(given, 'as'), flagOf(given, 'transient', jsonObject)]
  return {
    contract: textOf(given, 'contract') ?? '',
    function: textOf(given, 'function') ?? '',
    args: [...wordsOf(given, 'args')],
    ...(identity === undefined ? {} : { identity }),
    ...(transient === undefined ? {} : { transient }),
  }
}

/** The answer of a contract, as text where it is text. */
export function printPayload(payload: Bytes): void {
  if (typeof payload.json === 'object' && payload.json !== null) printJson(payload.json)
  else if (payload.text !== undefined) {
    if (payload.text !== '') print(payload.text)
  } else print(`0x${payload.hex ?? ''}`)
}

function jsonObject(text: string): Record<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new SettingsError(`--transient ${messageOf(error)}`)
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>
  throw new Error(`takes a JSON object such as '{"price":"7"}'`)
}
