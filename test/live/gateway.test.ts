import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { promisify } from 'node:util'
import { join } from 'node:path'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Call, CallResponse } from '../../src/contract/call.js'
import { gatewayService } from '../../src/contract/gateway/gateway-service.js'
import type { Identity } from '../../src/contract/identity/identity.js'
import { Membership } from '../../src/contract/identity/membership.js'
import { Organisation } from '../../src/contract/identity/organisation.js'
import { pemOfKey } from '../../src/contract/identity/pem-of-key.js'
import { writeIdentityFolder } from '../../src/contract/identity/write-identity-folder.js'
import { gateway } from '../../src/contract/wire/services.js'
import { bytesOf } from '../../src/ledger/payload/binary.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import { writeFilesAtomic } from '../../src/store/atomic-write.js'
import { FakeCalls } from '../contract/gateway/fake-calls.js'
import { Child, childProgram } from '../store/child-program.js'
import { temporaryFolder } from '../store/temporary-folder.js'
import type { Order } from './gateway/fixtures/fabric-client.js'

const HOST_ALIAS = 'peer0.org1.example.com'

/** A contract with four functions, without a contract: Echo, Secret, Fail and Conflict. */
function answerOf({ args, transient }: Call): CallResponse {
  const [name, text = ''] = args.map((arg) => Buffer.from(arg).toString())
  const ok = (payload: Uint8Array) => ({ status: 200, message: '', payload })
  if (name === 'Fail') return { status: 500, message: `no asset ${text}`, payload: Buffer.alloc(0) }
  if (name === 'Secret') return ok(transient.get('secret') ?? Buffer.alloc(0))
  return ok(Buffer.from(text))
}

/** What is submitted is in a block of its own at once, with an event; Conflict lost to somebody else's call. */
function committing(): FakeCalls {
  const calls = new FakeCalls(answerOf)
  calls.submit = ({ payload: { callId, args } }) => {
    const [name, text] = args.map((arg) => Buffer.from(bytesOf(arg)).toString())
    if (name === 'Conflict') calls.commit(callId, VALIDATION_CODE.MVCC_READ_CONFLICT)
    else calls.commit(callId, VALIDATION_CODE.VALID, { name: 'Echoed', payload: Buffer.from(text ?? '') })
    return Promise.resolve()
  }
  return calls
}

/** Fabric's own client, in a process of its own, set up as its sample applications are. */
class FabricClient {
  readonly #child: Child
  #answers = 0

  private constructor(child: Child) {
    this.#child = child
  }

  static async start(identity: Identity, organisation: Organisation, port: number): Promise<FabricClient> {
    const folder = join(temporaryFolder(), 'identity')
    const environment = await writeIdentityFolder(folder, identity, organisation, writeFilesAtomic)
    const settings = { ...environment, PEER_ENDPOINT: `127.0.0.1:${port}`, PEER_HOST_ALIAS: HOST_ALIAS }
    const program = childProgram('fabric-client', 'test/live/gateway/fixtures')
    const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    return new FabricClient(new Child('env', [...assignments, process.execPath, program]))
  }

  /** What comes of an order: `{ value }` or `{ failure }`. */
  async follow(order: Order): Promise<unknown> {
    this.#child.say(JSON.stringify(order))
    this.#answers += 1
    return JSON.parse(await this.#child.line(this.#answers - 1))
  }
}

const KEYS = [
  ['P-256', (organisation: Organisation) => organisation.issue({ commonName: 'alice' }, Date.now())],
  [
    'Ed25519',
    (organisation: Organisation) =>
      organisation.issue({ commonName: 'alice', keyType: 'Ed25519' }, Date.now()),
  ],
  [
    'P-384',
    async (organisation: Organisation) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
      const publicKey = createPublicKey(privateKey)
      const certificate = await organisation.certify(publicKey, { commonName: 'alice' }, Date.now())
      return { mspId: organisation.mspId, certificate, privateKey }
    },
  ],
] as const

describe.each(KEYS)("Fabric's client, over TLS, with an identity of %s", (_keyType, issue) => {
  const server = new Server()
  const faults: unknown[] = []
  let calls: FakeCalls
  let client: FabricClient

  beforeAll(async () => {
    const organisation = await Organisation.create('Org1MSP', Date.now())
    calls = committing()
    const service = gatewayService({
      channelId: 'mychannel',
      members: new Membership({
        roots: { rootsOf: () => [organisation.rootCertificate] },
        nowMs: Date.now,
      }),
      calls,
      peer: { address: 'localhost:7051', mspId: 'Org1MSP' },
      maxTransactionBytes: 1_000_000,
      onFault: (error) => faults.push(error),
    })
    server.addService(gateway, service)
    const { certificate, privateKey } = await organisation.issueTls([HOST_ALIAS], Date.now())
    const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(pemOfKey(privateKey)) }
    const bind = promisify(server.bindAsync.bind(server))
    const port = await bind('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]))
    client = await FabricClient.start(await issue(organisation), organisation, port)
  })

  afterAll(() => {
    server.forceShutdown()
    expect(faults).toEqual([])
  })

  test('evaluates, with transient data', async () => {
    expect(await client.follow({ do: 'evaluate', args: ['Echo', 'hällo'] })).toEqual({ value: 'hällo' })
    const transient = { secret: 's3cret' }
    expect(await client.follow({ do: 'evaluate', args: ['Secret'], transient })).toEqual({ value: 's3cret' })
  })

  test('submits, and waits until the call is in a block', async () => {
    const before = calls.height()
    expect(await client.follow({ do: 'submit', args: ['Echo', 'a'] })).toEqual({ value: 'a' })
    expect(calls.height()).toBe(before + 1)
  })

  test('submits first and asks for the status later', async () => {
    expect(await client.follow({ do: 'submitAsync', args: ['Echo', 'b'] })).toEqual({ value: 'b' })
    expect(await client.follow({ do: 'commitStatus' })).toEqual({
      value: { code: 0, successful: true, height: calls.height() },
    })
  })

  test('sees a conflict as error 11 of the commit, with the id of the call', async () => {
    expect(await client.follow({ do: 'submit', args: ['Conflict', 'c'] })).toEqual({
      failure: {
        name: 'CommitError',
        code: 11,
        message: expect.stringContaining('failed to commit with status code 11 (MVCC_READ_CONFLICT)'),
        hasTransactionId: true,
      },
    })
  })

  test("sees the contract's own words when it refuses", async () => {
    const details = [
      { address: 'localhost:7051', mspId: 'Org1MSP', message: 'chaincode response 500, no asset d' },
    ]
    expect(await client.follow({ do: 'submit', args: ['Fail', 'd'] })).toEqual({
      failure: {
        name: 'EndorseError',
        code: 10,
        message: '10 ABORTED: failed to endorse transaction, see attached details for more info',
        details,
        hasTransactionId: true,
      },
    })
    expect(await client.follow({ do: 'evaluate', args: ['Fail', 'd'] })).toEqual({
      failure: {
        name: 'GatewayError',
        code: 2,
        message: '2 UNKNOWN: evaluate call to endorser returned error: chaincode response 500, no asset d',
        details,
        hasTransactionId: false,
      },
    })
  })

  test('takes events, and goes on after its checkpoint', async () => {
    const startBlock = calls.height() + 1
    for (const text of ['e', 'f', 'g']) await client.follow({ do: 'submit', args: ['Echo', text] })
    const event = (height: number, payload: string) => ({
      height,
      chaincodeName: 'basic',
      eventName: 'Echoed',
      payload,
    })
    expect(await client.follow({ do: 'events', count: 2, startBlock })).toEqual({
      value: [event(startBlock, 'e'), event(startBlock + 1, 'f')],
    })
    expect(await client.follow({ do: 'events', count: 1 })).toEqual({ value: [event(startBlock + 2, 'g')] })
  })
})
