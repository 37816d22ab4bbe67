import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { call, contractNode, untilConnected } from './asset-contract.js'

jest.setTimeout(300_000)

const hasMaven = spawnSync('mvn', ['--version']).status === 0
const withJava = hasMaven ? test : test.skip

let built = ''

beforeAll(async () => {
  if (!hasMaven) return
  built = await temporaryFolder()
  const pom = join(PACKAGE_ROOT, 'test/live/java/pom.xml')
  const goals = ['compile', 'dependency:copy-dependencies', '-DincludeScope=runtime']
  await promisify(execFile)('mvn', ['-q', '-B', '-ntp', '-f', pom, `-Dtarget=${built}`, ...goals])
})

/** The contract in ./java as a process of Fabric's Java shim, which dials the node; killed after the test. */
function startJava(port: number): void {
  const classes = [join(built, 'classes'), join(built, 'dependency', '*')].join(':')
  const flags = ['--peer.address', `127.0.0.1:${port}`, '--id', 'asset:1.0']
  const child = spawn('java', ['-cp', classes, 'org.hyperledger.fabric.contract.ContractRouter', ...flags], {
    env: { PATH: process.env['PATH'] ?? '', CORE_PEER_LOCALMSPID: 'Org1MSP' },
    stdio: 'ignore',
  })
  const ended = once(child, 'close')
  afterThisTest(async () => {
    child.kill('SIGKILL')
    await ended
  })
}

const textOf = (body: object): unknown =>
  (body as { response?: { payload: { text?: string } } }).response?.payload.text

withJava('an unmodified contract in Java dials the node, is deployed and called', async () => {
  const { node, port } = await contractNode(join(await temporaryFolder(), 'node'))
  startJava(port)
  await untilConnected(node)
  expect((await call(node, 'invoke', 'create', ['a1', 'Ann', '5'])).status).toBe(200)
  const twice = await call(node, 'invoke', 'create', ['a1', 'Bob', '6'])
  expect(JSON.stringify(twice.body)).toContain('asset a1 exists')
  expect((await call(node, 'invoke', 'many', ['250'])).status).toBe(200)
  const asked: [string, readonly string[], string][] = [
    ['read', ['a1'], 'Ann:5'],
    ['count', [], '250'],
    ['versions', ['a1'], '1'],
    ['caller', [], 'Org1MSP'],
  ]
  for (const [name, args, answer] of asked) {
    const { status, body } = await call(node, 'evaluate', name, args)
    expect({ name, status, answer: textOf(body) }).toEqual({ name, status: 200, answer })
  }
})
