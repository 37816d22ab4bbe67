import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { ContractRouter } from '../../../src/contract/api/contract-router.js'
import { JSONSerializer } from '../../../src/contract/api/json-serializer.js'
import * as api from '../../../src/contract/index.js'
import { ChaincodeSession } from '../../../src/contract/shim/session.js'
import { ChaincodeMessage, ChaincodeMessageType as Type } from '../../../src/contract/wire/fabric.js'
import { fixtureContracts } from '../support/fixture.js'

interface Frame {
  readonly from: string
  readonly bytes: string
  readonly message: ChaincodeMessage
}

/** A line a message, as it was on the wire: who sent it (Contract or Peer), and its bytes. */
function recording(): Frame[] {
  const path = new URL('fixtures/fabric-shim-2.5.8.txt', import.meta.url)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [from = '', bytes = ''] = line.split(' ')
    return { from, bytes, message: ChaincodeMessage.decode(Buffer.from(bytes, 'hex')) }
  })
}

/** Fabric's shim asks for the close of queries that are through; ours does not, so the answer does not come either. */
function withoutCloses(frames: readonly Frame[]): Frame[] {
  const isClose = (frame: Frame | undefined): boolean => frame?.message.type === Type.QUERY_STATE_CLOSE
  return frames.filter((frame, index) => !isClose(frame) && !isClose(frames[index - 1]))
}

test('what a peer said to fabric-shim 2.5.8 gets the same answers from ours, byte for byte', async () => {
  const router = new ContractRouter({
    contracts: fixtureContracts('ledger', api),
    serializer: JSONSerializer,
    metadata: {},
  })
  const sent: string[] = []
  let wake = (): void => undefined
  const session = new ChaincodeSession((message) => {
    sent.push(Buffer.from(ChaincodeMessage.encode(message)).toString('hex'))
    wake()
  }, router)
  session.register('ledger:1.0')
  let count = 0
  for (const { from, bytes, message } of withoutCloses(recording())) {
    if (from === 'P') {
      session.receive(message)
      continue
    }
    while (sent.length === count) await new Promise<void>((resolve) => (wake = resolve))
    expect(sent[count++]).toBe(bytes)
  }
  expect(sent).toHaveLength(count)
})
