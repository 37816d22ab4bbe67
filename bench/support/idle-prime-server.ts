import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import {
  AckStatus,
  CheckReply,
  ClientFrame,
  InvocationKind,
  PrimeFrame,
} from '../../src/contract/wire/remote.js'
import { remoteContracts } from '../../src/contract/wire/services.js'
import { inputOfChild, serveParent } from './child.js'
import { framed } from './grpc-client.js'

/**
 * Hands out made-up records and keeps nothing of what comes: what a client gets through when no node holds it up. All that
 * one piece of data from the client asks for goes out in one write, for grpc-js' server would be slower than the client.
 */
const { records, payloadBytes } = inputOfChild() as {
  readonly records: number
  readonly payloadBytes: number
}
const payload = JSON.stringify({ text: 'x'.repeat(payloadBytes) })
let waiting = records
let sent = 0

const server = createServer({ settings: { initialWindowSize: 1 << 24 } })
server.on('stream', (stream: ServerHttp2Stream, headers) => {
  stream.on('error', () => undefined)
  if (headers[':path'] === remoteContracts.connect.path) serve(stream)
  else tellBacklog(stream)
})
server.listen(0, '127.0.0.1', () => {
  serveParent(String((server.address() as AddressInfo).port), () => Promise.resolve(process.exit()))
})

function serve(stream: ServerHttp2Stream): void {
  stream.respond({ 'content-type': 'application/grpc' })
  let rest: Buffer = Buffer.alloc(0)
  stream.on('data', (bytes: Buffer) => {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const answers: Buffer[] = []
    let at = 0
    while (all.length >= at + 5 && all.length >= at + 5 + all.readUInt32BE(at + 1)) {
      const end = at + 5 + all.readUInt32BE(at + 1)
      for (const each of answersTo(ClientFrame.decode(all.subarray(at + 5, end))))
        answers.push(framed(PrimeFrame.encode(each)))
      at = end
    }
    rest = all.subarray(at)
    if (answers.length > 0) stream.write(Buffer.concat(answers))
  })
}

function answersTo({ hello, result }: ClientFrame): Partial<PrimeFrame>[] {
  if (hello) return [{ welcome: welcomeFor(hello.maxInFlight) }, ...deliveries(hello.maxInFlight)]
  if (!result) return []
  waiting -= 1
  const { invocationId } = result
  const resultAck = { invocationId, status: AckStatus.COMMITTED, outputTxnId: '', detail: '' }
  return [{ resultAck }, ...deliveries(1)]
}

function welcomeFor(grantedInFlight: number): NonNullable<PrimeFrame['welcome']> {
  return {
    ...{ protocol: 1, sessionId: 'session', contractName: 'bench', executionOrder: 'parallel' },
    ...{ leaseMs: 60_000, heartbeatMs: 5000, backlog: records, grantedInFlight, kept: [], features: [] },
  }
}

function deliveries(most: number): Partial<PrimeFrame>[] {
  return Array.from({ length: Math.min(most, records - sent) }, () => ({ delivery: deliveryOf(++sent) }))
}

function deliveryOf(seq: number): NonNullable<PrimeFrame['delivery']> {
  const txnId = seq.toString(16).padStart(64, '0')
  const header = `{"txn_type":"bench","dc_id":"c","txn_id":"${txnId}","block_id":"1","timestamp":"1","tag":"","invoker":""}`
  return {
    ...{ invocationId: `contract:${txnId}`, seq, leaseToken: Buffer.alloc(16, seq & 0xff), attempt: 1 },
    ...{ deadlineUnixMs: 0, envVersion: 1, txnId, kind: InvocationKind.TRANSACTION, leaseMs: 60_000 },
    transactionJson: `{"version":"2","dcrn":"Transaction::L1::FullTransaction","header":${header},"payload":${payload}}`,
  }
}

function tellBacklog(stream: ServerHttp2Stream): void {
  const reply = { chainId: '', contractId: '', state: 'active', backlog: waiting, protocol: 1 }
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.end(framed(CheckReply.encode(reply)))
  stream.resume()
}
