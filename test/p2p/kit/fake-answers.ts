import { sha256d } from '../../../src/p2p/hash.js'
import { decodeBody } from '../../../src/p2p/wire/codec.js'
import { packHeaders, MAX_HEADERS } from '../../../src/p2p/wire/messages/headers.js'
import { INV, type InvItem } from '../../../src/p2p/wire/messages/inv.js'
import { strippedTx } from '../../../src/p2p/wire/messages/tx.js'
import type { FakeConnection } from './fake-connection.js'
import type { FakeNode } from './fake-node.js'
import { payloadOf } from './payload.js'

type Answer = (node: FakeNode, connection: FakeConnection, payload: Uint8Array) => void

const isTx = (type: number): boolean => (type & ~INV.witnessFlag) === INV.tx || type === INV.witnessTxId
const isBlock = (type: number): boolean => (type & ~INV.witnessFlag) === INV.block

const sendVersion: Answer = (node, connection) => {
  const { family } = node.network
  void connection.send('version', node.greeting())
  if (family === 'btc') void connection.send('wtxidrelay', undefined)
  if (family === 'btc') void connection.send('sendaddrv2', undefined)
  void connection.send('verack', undefined)
  if (family === 'bsv')
    void connection.send('protoconf', { maxReceiveBytes: 2_097_152, streamPolicies: ['Default'] })
}

const greet: Answer = (node, connection) => {
  const { family } = node.network
  if (family === 'bsv') void connection.send('authch', { version: 1, challenge: new Uint8Array(32).fill(7) })
  void connection.send('sendheaders', undefined)
  void connection.send('sendcmpct', { announce: false, version: family === 'btc' ? 2n : 1n })
  void connection.send('ping', { nonce: 0x7069_6e67n })
}

const sendHeaders: Answer = (node, connection, payload) => {
  const { hashes, stop } = decodeBody('getheaders', payload, node.network.family)
  const { chain } = node
  const known = hashes.map((hash) => chain.heightOf(hash)).find((height) => height !== undefined) ?? 0
  const max = connection.script.headersPerMessage ?? MAX_HEADERS
  const last = Math.min(chain.height, known + max, chain.heightOf(stop) ?? Infinity)
  void connection.send('headers', packHeaders(chain.headers(known + 1, last)))
}

const sendData: Answer = (node, connection, payload) => {
  const missing: InvItem[] = []
  for (const item of decodeBody('getdata', payload, node.network.family)) {
    if (connection.script.notFound?.(item.hash) === true) missing.push(item)
    else if (!sendItem(node, connection, item)) missing.push(item)
  }
  if (missing.length > 0) void connection.send('notfound', missing)
}

function sendItem(node: FakeNode, connection: FakeConnection, { type, hash }: InvItem): boolean {
  if (isTx(type)) {
    const tx = node.tx(hash)
    if (tx !== undefined) void connection.sendPayload('tx', payloadOf(tx))
    return tx !== undefined
  }
  const block = isBlock(type) ? node.block(hash) : undefined
  if (block !== undefined) void connection.sendPayload('block', block)
  return block !== undefined
}

const askForTxs: Answer = (node, connection, payload) => {
  if (connection.script.ignoreTxInv === true) return
  const wanted = decodeBody('inv', payload, node.network.family).filter(
    ({ type, hash }) => isTx(type) && node.tx(hash) === undefined,
  )
  if (wanted.length > 0) void connection.send('getdata', wanted)
}

const takeTx: Answer = (node, connection, payload) => {
  const { rejectTx } = connection.script
  if (rejectTx === undefined) {
    node.relayTx(payload, { except: connection })
    return
  }
  const { code, reason, hash } = rejectTx
  const txid = sha256d(node.network.family === 'btc' ? strippedTx(payload) : payload)
  void connection.send('reject', { message: 'tx', code, reason, ...(hash === null ? {} : { hash: txid }) })
}

/** What an honest node answers. */
export const ANSWERS: Readonly<Partial<Record<string, Answer>>> = {
  version: sendVersion,
  verack: greet,
  ping: (_node, connection, payload) => void connection.sendPayload('pong', payloadOf(payload)),
  sendheaders: (_node, connection) => {
    connection.prefersHeaders = true
  },
  getheaders: sendHeaders,
  getdata: sendData,
  getaddr: (node, connection) => void connection.send('addr', node.options.addresses ?? []),
  inv: askForTxs,
  tx: takeTx,
  mempool: (node, connection) => void connection.send('inv', node.txItems()),
}
