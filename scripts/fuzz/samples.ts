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
    ['bus frame', messages.flatMap((message) => [text(message), deflateSync(text(message))])],
  ])
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
