import { compile } from '../../src/api/validator.js'
import { NodeRecord } from '../../src/api/schemas/node.js'
import { canonicalJson } from '../../src/base/canonical-json.js'
import { type Json, JsonError, parseJson } from '../../src/base/json.js'
import { readFrame } from '../../src/bus/wire/frame.js'
import { readMessage } from '../../src/bus/wire/read-message.js'
import { definitionText, readDefinitionText } from '../../src/ledger/contracts/definition.js'
import { decodeKeyMetadata, encodeKeyMetadata } from '../../src/ledger/contracts/key-metadata.js'
import { decodeKeyPolicy } from '../../src/ledger/contracts/key-policy.js'
import { parseNamespace, privateNamespace, metadataNamespace } from '../../src/ledger/contracts/namespaces.js'
import { binaryOf, bytesOf } from '../../src/ledger/payload/binary.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import { decodeHeader, decodeHeaderJson } from '../../src/ledger/decode-header.js'
import { decodeTransaction } from '../../src/ledger/decode-transaction.js'
import { encodeBlock, encodeHeaderJson } from '../../src/ledger/encode-block.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { encodeHeader } from '../../src/ledger/header.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import { canonicalRecord } from '../../src/nodes/record.js'
import { parseKeystore } from '../../src/wallet/keystore.js'
import { WalletError } from '../../src/wallet/wallet-error.js'

type ErrorClass = new (...args: never[]) => Error

/** A reader of what strangers send. */
export interface Target {
  readonly name: string
  /** Reads the input. Where it accepts, returns what it would write again beside what it was given: they must be equal. */
  readonly read: (input: Buffer) => readonly [written: string, given: string] | undefined
  /** What it may throw. */
  readonly refuses: readonly ErrorClass[]
}

const MAX_FRAME_BYTES = 1_000_000

const validRecord = compile(NodeRecord)

/** A target whose input is JSON text, and whose output stands for the same JSON. */
function ofJson(
  name: string,
  readAndWrite: (json: Json) => Json | undefined,
  refuses: readonly ErrorClass[] = [],
): Target {
  return {
    name,
    refuses: [JsonError, ...refuses],
    read: (input) => {
      const json = parseJson(input.toString('utf8'))
      const written = readAndWrite(json)
      return written === undefined ? undefined : [canonicalJson(written), canonicalJson(json)]
    },
  }
}

function record(json: Json): Json | undefined {
  if (validRecord(json)) return undefined
  const once = canonicalRecord(json as unknown as NodeRecord)
  // An address has many spellings and one canonical one: that must stay as it is.
  const twice = canonicalRecord(once)
  if (once.ip_address !== twice.ip_address) throw new Error(`${once.ip_address} becomes ${twice.ip_address}`)
  return undefined
}

function namespace(input: Buffer): readonly [string, string] | undefined {
  const text = input.toString('utf8')
  const parts = parseNamespace(text)
  if (!parts) return undefined
  const { contract, collection, isMetadata } = parts
  const described = collection === undefined ? contract : privateNamespace(contract, collection)
  return [isMetadata ? metadataNamespace(described) : described, text]
}

export const TARGETS: readonly Target[] = [
  ofJson('block', (json) => encodeBlock(decodeBlock(json)), [RuleError]),
  ofJson('transaction', (json) => encodeTransaction(decodeTransaction(json)), [RuleError]),
  ofJson('header', (json) => encodeHeaderJson(decodeHeaderJson(json)), [RuleError]),
  // Canonical JSON takes integers and well-formed text alone; the callers tell it of nothing else.
  ofJson('canonical JSON', (json) => parseJson(canonicalJson(json)), [TypeError]),
  ofJson('node record', record),
  ofJson('bus message', (json) => void readMessage(json)),
  {
    name: 'wallet file',
    refuses: [WalletError],
    read: (input) => {
      const text = input.toString('utf8')
      return [JSON.stringify(parseKeystore(text)), JSON.stringify(JSON.parse(text))]
    },
  },
  {
    name: 'header bytes',
    refuses: [RuleError],
    read: (input) => {
      const header = decodeHeader(Uint8Array.from(input))
      return [Buffer.from(encodeHeader(header)).toString('hex'), input.toString('hex')]
    },
  },
  {
    name: 'contract definition',
    refuses: [RuleError],
    read: (input) => {
      const text = input.toString('utf8')
      return [definitionText(readDefinitionText(text)), text]
    },
  },
  {
    name: 'metadata of a key',
    refuses: [RuleError],
    read: (input) => {
      const text = input.toString('utf8')
      const written = encodeKeyMetadata(decodeKeyMetadata({ text }))
      return [written && 'text' in written ? written.text : '{}', text]
    },
  },
  {
    name: 'policy of a key',
    refuses: [RuleError],
    read: (input) => void decodeKeyPolicy(Uint8Array.from(input)),
  },
  {
    name: 'bytes as JSON',
    refuses: [],
    read: (input) => [Buffer.from(bytesOf(binaryOf(input))).toString('hex'), input.toString('hex')],
  },
  { name: 'namespace', refuses: [], read: namespace },
  {
    name: 'bus frame',
    refuses: [JsonError],
    read: (input) => {
      const { text } = readFrame(input, true, MAX_FRAME_BYTES)
      if (text !== undefined) readMessage(parseJson(text))
      return undefined
    },
  },
]
