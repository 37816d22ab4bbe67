import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { ScriptedPeer } from '../contract/support/scripted-peer.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { Program } from '../support/program.js'
import { terrarium } from '../support/terrarium.js'

jest.setTimeout(30_000)

const COMMON_JS = `
const { Contract, Context } = require('terrarium/contract')
class Greeting extends Contract {
  createContext() { return new Context() }
  async greet(ctx, name) {
    const before = (await ctx.stub.getState('k')).toString()
    await ctx.stub.putState('k', Buffer.from(name))
    return { hello: name, before, by: ctx.clientIdentity.getMSPID() }
  }
}
module.exports.contracts = [Greeting]
`

const MODULE = COMMON_JS.replace(
  "const { Contract, Context } = require('terrarium/contract')",
  "import { Contract, Context } from 'terrarium/contract'",
).replace('module.exports.contracts =', 'await Promise.resolve()\nexport const contracts =')

/** What TypeScript makes of a contract with decorators. */
const TYPESCRIPT = `
"use strict";
var __decorate = function (decorators, target, key) {
  return Reflect.decorate(decorators, target, key, Object.getOwnPropertyDescriptor(target, key));
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.contracts = void 0;
const contract_1 = require("terrarium/contract");
class Greeting extends contract_1.Contract {
  async greet(ctx, name) { return { hello: name }; }
  async hidden() {}
}
__decorate([
  (0, contract_1.Transaction)(),
  (0, contract_1.Returns)("string"),
  Reflect.metadata("design:paramtypes", [contract_1.Context, String]),
], Greeting.prototype, "greet");
exports.contracts = [Greeting];
`

/** A package of contracts that has this package installed. */
async function contractPackage(code: string, more: object = {}): Promise<string> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'node_modules'))
  await symlink(PACKAGE_ROOT, join(folder, 'node_modules', 'terrarium'))
  const manifest = { name: 'greeting', version: '1.0.0', main: 'index.js', ...more }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'index.js'), code)
  return folder
}

async function openPeer(): Promise<{ peer: ScriptedPeer; address: string }> {
  const peer = new ScriptedPeer()
  afterThisTest(() => peer.close())
  return { peer, address: await peer.open() }
}

test.each([
  ['CommonJS', COMMON_JS, {}],
  ['a module', MODULE, { type: 'module' }],
])('a contract in %s runs for the peer it dials, and ends with the stream', async (_kind, code, more) => {
  const cwd = await contractPackage(code, more)
  const { peer, address } = await openPeer()
  const running = terrarium(
    ['contract', 'start', '--peer.address', address, '--chaincode-id-name', 'greeting:1.0'],
    { cwd },
  )
  const stream = await peer.accept()
  expect(await stream.registered).toBe('greeting:1.0')
  const { status, payload } = await stream.call(['greet', 'you'])
  expect([status, JSON.parse(payload)]).toEqual([200, { hello: 'you', before: '', by: 'Org1MSP' }])
  stream.end()
  const { code: exitCode, stderr } = await running
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    `terrarium contract start: the stream to the peer at ${address} is over: the peer ended it\n`,
  )
})

test('the script that packages of Fabric name starts a contract, by the environment that a peer gives it', async () => {
  const cwd = await contractPackage(TYPESCRIPT)
  const { peer, address } = await openPeer()
  const script = join(PACKAGE_ROOT, 'dist', 'fabric-chaincode-node-start.js')
  const program = new Program(cwd, [script, '--peer.address', address], {
    CORE_CHAINCODE_ID_NAME: 'greeting:2.0',
    CORE_PEER_LOCALMSPID: 'Org1MSP',
  })
  const stream = await peer.accept()
  expect(await stream.registered).toBe('greeting:2.0')
  expect((await stream.call(['greet', 'you'])).payload).toBe('{"hello":"you"}')
  expect((await stream.call(['hidden'])).message).toContain('a function that does not exist: hidden')
  expect((await program.kill('SIGTERM')).code).toBe(0)
})

test('metadata are written to standard output or a file', async () => {
  const cwd = await contractPackage(TYPESCRIPT)
  const { code, stdout } = await terrarium(['contract', 'metadata', 'generate'], { cwd })
  expect(code).toBe(0)
  const metadata = JSON.parse(stdout) as { contracts: object }
  expect(Object.keys(metadata)).toEqual(['$schema', 'contracts', 'info', 'components'])
  expect(metadata.contracts).toMatchObject({
    Greeting: { transactions: [{ returns: { type: 'string' }, name: 'greet', tag: ['SUBMIT', 'submitTx'] }] },
  })
})

test('a contract that cannot be loaded fails with one line and status 1', async () => {
  const cwd = await contractPackage("throw new Error('there is no function in it')")
  const start = ['contract', 'start', '--peer.address', 'localhost:1', '--chaincode-id-name', 'x']
  expect(await terrarium(start, { cwd })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'terrarium contract start: there is no function in it\n',
  })
})
