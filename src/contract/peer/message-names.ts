import { ChaincodeMessageType } from '../wire/fabric.js'

const NAMES = new Map<number, string>(
  Object.entries(ChaincodeMessageType).map(([name, type]) => [type, name]),
)

/** What Fabric calls a message type in its texts. */
export function messageName(type: number): string {
  return NAMES.get(type) ?? String(type)
}
