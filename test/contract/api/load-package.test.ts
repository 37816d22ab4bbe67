import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ContractRouter } from '../../../src/contract/api/contract-router.js'
import { JSONSerializer } from '../../../src/contract/api/json-serializer.js'
import { loadPackage } from '../../../src/contract/api/load-package.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-package-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function write(files: Readonly<Record<string, string | object>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
}

const manifest = { name: 'assets', version: '1.2.3', main: 'index.js' }
const one = 'class One {}'

describe('the contracts of a package', () => {
  test.each([
    ['CommonJS', {}, `${one}\nmodule.exports.contracts = [One]`],
    ['CommonJS that is the contract', {}, `${one}\nmodule.exports = One`],
    [
      'CommonJS whose names nobody can guess',
      {},
      `${one}\nmodule.exports = Object.fromEntries([['contracts', [One]]])`,
    ],
    ['modules', { type: 'module' }, `${one}\nexport const contracts = [One]`],
    ['a module that is the contract', { type: 'module' }, `export default ${one}`],
  ])('are found in %s', async (_kind, more, code) => {
    await write({ 'package.json': { ...manifest, ...more }, 'index.js': code })
    const { contracts, title, version, serializer, metadata } = await loadPackage(folder)
    expect(contracts.map(({ name }) => name)).toEqual(['One'])
    expect([title, version, serializer, metadata]).toEqual(['assets', '1.2.3', JSONSerializer, {}])
  })

  test('are found where main leaves out the end of the name', async () => {
    await write({
      'package.json': { ...manifest, main: './lib' },
      'lib/index.js': `${one}\nexports.contracts = [One]`,
    })
    expect((await loadPackage(folder)).contracts).toHaveLength(1)
  })

  test('are not looked for without main', async () => {
    await write({ 'package.json': { name: 'assets' } })
    await expect(loadPackage(folder)).rejects.toThrow(
      "package.json does not contain a 'main' entry for the module",
    )
  })

  test('are told where they cannot be loaded', async () => {
    await write({ 'package.json': manifest, 'index.js': "throw new Error('broken contract')" })
    await expect(loadPackage(folder)).rejects.toThrow('broken contract')
  })

  test('need no more than the mark of a contract', async () => {
    const code = `class Marked {
      __isContract = true
      name = 'marked'
      getName() { return this.name }
    }
    exports.contracts = [Marked]`
    await write({ 'package.json': manifest, 'index.js': code })
    const { metadata } = new ContractRouter(await loadPackage(folder))
    expect(Object.keys(metadata.contracts)).toEqual(['marked', 'org.hyperledger.fabric'])
    expect(metadata.info).toEqual({ version: '1.2.3', title: 'assets' })
  })
})

describe('the serializer of a package', () => {
  const own = 'class Own {}'
  const load = async (exports: string): Promise<unknown> => {
    await write({
      'package.json': manifest,
      'index.js': `${one}\n${own}\nexports.contracts = [One]\n${exports}`,
    })
    return (await loadPackage(folder)).serializer
  }

  test.each([
    ["exports.serializers = { transaction: 'own', serializers: { own: Own } }"],
    ["exports.serializer = { transaction: 'own', serializers: { own: Own } }"],
    ['exports.serializer = Own'],
  ])('is %s', async (exports) => {
    expect(await load(exports)).toHaveProperty('name', 'Own')
  })

  test('may be named by a module', async () => {
    await write({ 'own.js': `${own}\nmodule.exports = Own` })
    const named = "exports.serializers = { transaction: 'own', serializers: { own: './own.js' } }"
    expect(await load(named)).toHaveProperty('name', 'Own')
  })

  test('may be the usual one by its name', async () => {
    expect(await load("exports.serializers = { transaction: 'jsonSerializer', serializers: {} }")).toBe(
      JSONSerializer,
    )
  })

  test.each([
    [
      'exports.serializers = {}',
      "There should be a 'transaction' property to define the serializer for use with transactions",
    ],
    ["exports.serializers = { transaction: 'x' }", 'there is no serializer "x"'],
  ])('cannot be %s', async (exports, text) => {
    await expect(load(exports)).rejects.toThrow(text)
  })
})

describe('the metadata file of a package', () => {
  const file = (title: string): object => ({ info: { title, version: '1' } })
  const load = async (files: Readonly<Record<string, object | string>>): Promise<unknown> => {
    await write({ 'package.json': manifest, 'index.js': `${one}\nexports.contracts = [One]`, ...files })
    return (await loadPackage(folder)).metadata
  }

  test('is in META-INF, or else in contract-metadata', async () => {
    const second = { 'contract-metadata/metadata.json': file('second') }
    expect(await load(second)).toEqual(file('second'))
    expect(await load({ ...second, 'META-INF/metadata.json': file('first') })).toEqual(file('first'))
  })

  test('may leave out sections, but not what belongs in one', async () => {
    expect(await load({ 'META-INF/metadata.json': {} })).toEqual({})
    await expect(load({ 'META-INF/metadata.json': { info: {} } })).rejects.toThrow(
      /^Contract metadata does not match the schema: \[.*version.*\]/,
    )
    const wrong = {
      contracts: { c: { name: 'c', transactions: [{ name: 't', parameters: [{ name: 'p' }] }] } },
    }
    await expect(load({ 'META-INF/metadata.json': wrong })).rejects.toThrow(/schema/)
    await expect(load({ 'META-INF/metadata.json': 'no json' })).rejects.toThrow(/JSON/)
  })
})
