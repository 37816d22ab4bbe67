import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { nodeApi } from '../../../../src/api/node-api.js'
import { createContract } from '../../../../src/app/commands/contract/new.js'
import { filled, LANGUAGES } from '../../../../src/app/commands/contract/new-remote.js'
import { temporaryFolder } from '../../../support/cleanup.js'
import { ran, servedNode } from './run-remote.js'

const create = (...words: string[]) => ran([createContract], ['new', ...words])
const { key, contract, chain_id } = nodeApi['remote.register'].example.result

test.each(LANGUAGES)(
  'a contract in %s is registered, and its config.yaml works at once',
  async (language) => {
    const { url, node } = await servedNode()
    const folder = join(await temporaryFolder(), 'greeting')
    const { stdout, stderr, code } = await create(
      'greeting',
      '--template',
      language,
      '--out',
      folder,
      '--node',
      url,
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(node.did).toEqual([['register', { txn_type: 'greeting' }]])
    const config = join(folder, 'config.yaml')
    const text = await readFile(config, 'utf8')
    expect(text).toContain(`server_address: '127.0.0.1:56000'\n`)
    expect(text).toContain(`chain_id: '${chain_id}'\n`)
    expect(text).toContain(`smart_contract_id: '${contract.contract_id}'\n`)
    expect(text).toContain(`api_key: '${key.api_key}'\n`)
    expect(text).toContain('use_tls: false\n')
    expect((await stat(config)).mode & 0o777).toBe(0o600)
    expect(stdout).not.toContain(key.api_key)
    const names = await readdir(folder)
    expect(names).toEqual(expect.arrayContaining(['README.md', '.gitignore', 'proto']))
    expect(names).not.toEqual(expect.arrayContaining(['node_modules']))
  },
)

test('a node that does not answer is told before anything is written', async () => {
  const folder = join(await temporaryFolder(), 'greeting')
  const { stderr, code } = await create(
    ...['greeting', '--template', 'python', '--out', folder, '--node', 'http://127.0.0.1:1'],
  )
  expect([code, existsSync(folder)]).toEqual([1, false])
  expect(stderr).toMatch(/127\.0\.0\.1:1.*start one with/)
})

test('a node without a port for contracts is told before anything is written', async () => {
  const list = { ...nodeApi['remote.list'].example.result, door: null }
  const { url, node } = await servedNode({ 'remote.list': () => list })
  const folder = join(await temporaryFolder(), 'greeting')
  const { stderr, code } = await create('greeting', '--template', 'go', '--out', folder, '--node', url)
  expect([code, existsSync(folder), node.did]).toEqual([1, false, []])
  expect(stderr).toMatch(/--contract-port/)
})

test('--no-register asks no node', async () => {
  const folder = join(await temporaryFolder(), 'greeting')
  const { code, stdout } = await create('greeting', '--template', 'bash', '--out', folder, '--no-register')
  expect([code, existsSync(join(folder, 'process.sh'))]).toEqual([0, true])
  expect(stdout).toMatch(/config\.yaml has to be filled in/)
})

test('a folder in which something is stays as it is, and nothing is registered', async () => {
  const { url, node } = await servedNode()
  const folder = join(await temporaryFolder(), 'greeting')
  await mkdir(folder)
  await writeFile(join(folder, 'mine'), 'mine')
  const { stderr, code } = await create('greeting', '--template', 'go', '--out', folder, '--node', url)
  expect([code, await readdir(folder), node.did]).toEqual([1, ['mine'], []])
  expect(stderr).toMatch(/is not empty/)
})

test.each([
  [['greeting', '--template', 'cobol'], /typescript, python, go, bash/],
  [['a_b', '--template', 'go'], /2 to 20 letters, digits and -/],
  [['x', '--template', 'go'], /2 to 20 letters, digits and -/],
])('wrong usage is told: %j', async (words, message) => {
  const { stderr, code } = await create(...words)
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
})

test('a field is filled in where it stands, whatever the value has, and its comments stay', () => {
  expect(filled("# api_key: x\napi_key: 'y' # z\nother: 1\n", 'api_key', 'a$&b')).toBe(
    "# api_key: x\napi_key: 'a$&b'\nother: 1\n",
  )
  expect(() => filled('other: 1\n', 'api_key', 'x')).toThrow('no api_key')
})
