import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { ClientFrame, PrimeFrame } from '../../src/contract/wire/remote.js'
import { inputOfChild, serveParent } from './child.js'

/** Streams of clients that only keep themselves alive, as the templates do. */
const { port, streams, streamsPerContract } = inputOfChild() as {
  readonly port: string
  readonly streams: number
  readonly streamsPerContract: number
}
const HEARTBEAT_MS = 5000
const KEEPALIVE = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.use_local_subchannel_pool': 1,
}

const opened = await Promise.all(Array.from({ length: streams }, (_, n) => open(n)))
serveParent('', () => {
  for (const close of opened) close()
  return Promise.resolve()
})

/** Resolves with what ends it, once it is welcome. */
function open(n: number): Promise<() => void> {
  const contractId = `contract-${Math.floor(n / streamsPerContract)}`
  const metadata = new Metadata()
  metadata.set('x-api-key', contractId)
  metadata.set('x-chain-id', 'chain')
  metadata.set('x-smart-contract-id', contractId)
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), KEEPALIVE)
  const stream = client.makeBidiStreamRequest<Partial<ClientFrame>, PrimeFrame>(
    '/remote_sc.v1.RemoteContracts/Connect',
    (frame) => Buffer.from(ClientFrame.encode(frame)),
    (bytes) => PrimeFrame.decode(bytes),
    metadata,
  )
  const hello = { protocol: 1, instanceId: `instance-${n}`, language: 'bench', templateVersion: '1' }
  stream.write({ hello: { ...hello, maxInFlight: 10, held: [], features: [] } })
  const timer = setInterval(() => stream.write({ heartbeat: { unixMs: Date.now(), echo: 0 } }), HEARTBEAT_MS)
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('data', ({ welcome }: PrimeFrame) => {
      if (!welcome) return
      resolve(() => {
        clearInterval(timer)
        client.close()
      })
    })
  })
}
