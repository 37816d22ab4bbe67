import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { ClientFrame, PrimeFrame, type Result } from '../../src/contract/wire/remote.js'
import { inputOfChild, serveParent } from './child.js'

/** A client that answers every delivery at once; says how long it took from its Welcome to the last acknowledgement. */
const { port, records, maxInFlight, login, outputToChain } = inputOfChild() as {
  readonly port: string
  readonly records: number
  readonly maxInFlight: number
  /** What the node knows the client by. */
  readonly login: { readonly apiKey: string; readonly chainId: string; readonly contractId: string }
  readonly outputToChain: boolean
}
const metadata = new Metadata()
metadata.set('x-api-key', login.apiKey)
metadata.set('x-chain-id', login.chainId)
metadata.set('x-smart-contract-id', login.contractId)
const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
const stream = client.makeBidiStreamRequest<Partial<ClientFrame>, PrimeFrame>(
  '/remote_sc.v1.RemoteContracts/Connect',
  (frame) => Buffer.from(ClientFrame.encode(frame)),
  (bytes) => PrimeFrame.decode(bytes),
  metadata,
)
const hello = { protocol: 1, instanceId: 'drain', language: 'bench', templateVersion: '1' }
const timer = setInterval(() => stream.write({ heartbeat: { unixMs: Date.now(), echo: 0 } }), 5000)
stream.write({ hello: { ...hello, maxInFlight, held: [], features: [] } })
const seconds = await new Promise<number>((resolve, reject) => {
  let startMs = 0
  let done = 0
  stream.on('error', reject)
  stream.on('data', ({ welcome, delivery, resultAck }: PrimeFrame) => {
    if (welcome) startMs = performance.now()
    if (delivery) stream.write({ result: resultOf(delivery) })
    if (resultAck && ++done === records) resolve((performance.now() - startMs) / 1000)
  })
})
clearInterval(timer)
serveParent(String(seconds), () => {
  stream.cancel()
  client.close()
  return Promise.resolve()
})

function resultOf({ invocationId, leaseToken }: NonNullable<PrimeFrame['delivery']>): Result {
  return {
    ...{ invocationId, leaseToken, outputToChain, error: undefined, logs: null, durationMs: 1 },
    ...{ dataJson: '{"status":"success","data":"your result data"}', outputTag: undefined, heapJson: {} },
  }
}
