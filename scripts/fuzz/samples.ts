import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import type { Json } from '../../src/base/json.js'
import { decodeHeaderJson } from '../../src/ledger/decode-header.js'
import { encodeHeader } from '../../src/ledger/header.js'
import { lockKeystore } from '../../src/wallet/keystore.js'

type JsonObject = Record<string, Json>

/** What each target reads when nothing is wrong, by its name; where mutations start from. */
export async function samples(): Promise<ReadonlyMap<string, readonly Buffer[]>> {
  const blocks = referenceBlocks()
  const headers = blocks.map(({ transactions: _, ...header }) => header)
  const transactions = blocks.flatMap((block) => block['transactions'] as readonly Json[])
  const accounts = [{ index: 0, name: 'savings', address: `0x${'ab'.repeat(20)}` }]
  const wallet = await lockKeystore('a secret of nobody', accounts, 'passphrase', { scryptN: 2 })
  const messages = busMessages()
  return new Map<string, readonly Buffer[]>([
    ['block', blocks.map(text)],
    ['transaction', transactions.map(text)],
    ['header', headers.map(text)],
    ['canonical JSON', [...transactions.map(text), text({ a: [1, -1, '\u00e9\u{1f600}'], b: { '': null } })]],
    ['node record', [text({ ip_address: '127.0.0.1', port: 50_000 }), text({ ip_address: '::1', port: 1 })]],
    ['bus message', messages.map(text)],
    ['wallet file', [text(wallet)]],
    ['header bytes', headers.map((header) => Buffer.from(encodeHeader(decodeHeaderJson(header))))],
    ['contract definition', [Buffer.from(definitionOf(blocks))]],
    ['metadata of a key', [text({ VALIDATION_PARAMETER: KEY_POLICY, note: '00ff' })]],
    ['policy of a key', [Buffer.from(KEY_POLICY, 'hex')]],
    ['bytes as JSON', [Buffer.from('grüß Gott 🌱')]],
    [
      'namespace',
      ['garden', 'garden/meta', 'garden/private/c', 'garden/private/c/meta'].map((name) => Buffer.from(name)),
    ],
    ['bus frame', messages.flatMap((message) => [text(message), deflateSync(text(message))])],
  ])
}

/** Both of two organisations, as Fabric's package writes it. */
const KEY_POLICY = '120c120a080212020800120208011a0d120b0a074f7267314d535010001a0d120b0a074f7267324d53501003'

/** The text of the definition that the reference chain deploys. */
function definitionOf(blocks: readonly JsonObject[]): string {
  for (const each of blocks.flatMap(({ transactions }) => transactions as readonly JsonObject[])) {
    const { contract, writes } = (each['payload'] ?? {}) as {
      contract?: string
      writes?: { value: { text: string } }[]
    }
    if (contract === '_lifecycle') return writes?.[0]?.value.text ?? ''
  }
  throw new Error('the reference chain deploys no contract')
}

function referenceBlocks(): JsonObject[] {
  const folder = join(PACKAGE_ROOT, 'blocks')
  const names = readdirSync(folder).filter((name) => /^block\d+\.json$/.test(name))
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as JsonObject)
}

function text(json: Json): Buffer {
  return Buffer.from(JSON.stringify(json))
}

function busMessages(): JsonObject[] {
  const data: JsonObject = {
    NegotiateConnection: { ProtocolVersion: '0.1', CompressionAlgorithm: 'zlib', CompressionRate: '0' },
    Request: {
      RequestType: '1',
      SubscriptionEventCounter: '0',
      SubscriptionPeriod: '0',
      SubscriptionRange: '(1,2]',
      ResponseMaxSize: '0',
      RequestMethods: { 'blocks.get': { at: 'last' } },
    },
    Unsubscribe: { UnsubscribeMethods: ['1-2'] },
    Ack: { RequestID: '1-2' },
    Notification: { NotificationAction: 'x', NotificationType: 'y', NotificationComment: 'z' },
    RegisterCompoundMethod: { CompoundMethodName: 'both', CompoundMethods: [{ 'a.b': {} }] },
  }
  return Object.entries(data).map(([type, content]) => ({
    ProtocolVersion: '0.1',
    MessageID: '1-2',
    Timestamp: '1700000000000',
    TimeZone: '0',
    MessageType: type,
    MessageData: content,
  }))
}
