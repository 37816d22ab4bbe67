import { ContractRef } from '../../../api/schemas/remote.js'
import { SettingsError } from '../../settings/errors.js'
import { type Given, textOf } from '../contract/node-client.js'

const REF = new RegExp(ContractRef.pattern ?? '')

/** The contract that was named on the command line; undefined where none was. @throws {SettingsError} no contract is called so */
export function contractRef(given: Given): string | undefined {
  const text = textOf(given, 'contract')
  if (text === undefined || REF.test(text)) return text
  throw new SettingsError(
    `a remote contract is named by its name (2 to 20 letters, digits and -) or its id, not ${JSON.stringify(text)}`,
  )
}
