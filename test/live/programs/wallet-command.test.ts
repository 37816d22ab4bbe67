import { chmod, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { SettingsError } from '../../../src/app/settings/errors.js'
import { DEVELOPMENT_MNEMONIC } from '../../../src/wallet/development-accounts.js'
import { Wallet } from '../../../src/wallet/wallet.js'
import { account } from '../../support/chain.js'
import { temporaryFolder } from '../../support/cleanup.js'
import { terrarium } from '../../support/terrarium.js'
import { expectNoSecret, faultIn, PASSPHRASE, walletPath } from '../../app/wallet-secrets.js'
import { runWallet, type WalletRun } from '../../app/wallet-io.js'

// scrypt costs a good third of a second each time, and more on a machine that is busy.
jest.setTimeout(60_000)

const given = { passphrase: PASSPHRASE }

/** Restores the wallet of the development accounts. */
function restore(path: string, ...args: string[]): Promise<WalletRun> {
  return runWallet(['restore', '--wallet', path, ...args], { ...given, input: `${DEVELOPMENT_MNEMONIC}\n` })
}

/** A file of the same, which opens at once. */
async function restored(path: string, accounts = 1): Promise<void> {
  const wallet = await Wallet.restore(DEVELOPMENT_MNEMONIC, accounts)
  await writeFile(path, await wallet.lock(PASSPHRASE, { scryptN: 16 }))
}

function jsonOf({ stdout, error }: WalletRun): unknown {
  expect(error).toBeUndefined()
  return JSON.parse(stdout)
}

test('create shows the words once, and restore makes the same addresses of them', async () => {
  const [first, second] = [await walletPath(), await walletPath()]
  const created = jsonOf(
    await runWallet(['create', '--wallet', first, '--show-mnemonic', '--json'], given),
  ) as { mnemonic: string; accounts: { address: string }[] }
  expect(created.mnemonic.split(' ')).toHaveLength(12)
  const again = jsonOf(
    await runWallet(['restore', '--wallet', second, '--accounts', '3', '--json'], {
      ...given,
      input: created.mnemonic,
    }),
  ) as { accounts: { address: string }[] }
  expect(again.accounts).toHaveLength(3)
  expect(again.accounts[0]).toEqual(created.accounts[0])

  jsonOf(await runWallet(['add', '--wallet', first, '--name', 'savings', '--json'], given))
  const address = await runWallet(['address', '--wallet', first, '--account', 'savings'])
  expect(address).toEqual({ stdout: `${again.accounts[1]?.address}\n`, talk: '', error: undefined })
})

test('the wallet file is for its owner alone, also after it was written again', async () => {
  const path = await walletPath()
  await restore(path)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await chmod(path, 0o644)
  await runWallet(['add', '--wallet', path], given)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(path, '..'))).toEqual(['wallet.json'])
})

test('no secret shows but where create is asked to show the words', async () => {
  const path = await walletPath()
  const { stdout: createdText } = await runWallet(
    ['create', '--wallet', path, '--words', '24', '--show-mnemonic'],
    given,
  )
  const words = createdText.trimEnd().split('\n').at(-1) ?? ''
  expect(words.split(' ')).toHaveLength(24)
  const other = await walletPath()
  const runs = [
    await runWallet(['restore', '--wallet', other, '--json'], { ...given, input: words }),
    await runWallet(['add', '--wallet', path], given),
    await runWallet(['rename', '--wallet', path, '--account', '0', '--name', 'x1'], given),
    await runWallet(['list', '--wallet', path, '--node', 'http://127.0.0.1:1'], given),
    await runWallet(['add', '--wallet', path], { passphrase: `${PASSPHRASE}!` }),
    await runWallet(['restore', '--wallet', `${other}.2`], { ...given, input: `${words} abandon` }),
    await runWallet(['restore', '--wallet', `${other}.3`], { ...given, input: words.replace(/^\w+/, 'q1q') }),
  ]
  const shown = runs.map(({ stdout, talk, error }) => `${stdout}\n${talk}\n${error?.message}`).join('\n')
  const files = (await readFile(path, 'utf8')) + (await readFile(other, 'utf8'))
  await expectNoSecret(shown + files, words)
  expect(shown).not.toContain('q1q')
})

test('words given on the command line are refused without being repeated', async () => {
  const words = DEVELOPMENT_MNEMONIC.split(' ')
  for (const command of ['restore', 'create', 'send', 'list']) {
    const { error } = await runWallet([command, ...words], given)
    expect(error).toBeInstanceOf(SettingsError)
    expect(error?.message).toBe('takes no words, only options')
  }
})

test('where no terminal shows the words, create makes nothing unless --show-mnemonic is given', async () => {
  const path = await walletPath()
  expect(faultIn(await runWallet(['create', '--wallet', path], given))).toContain('--show-mnemonic')
  expect(await readdir(join(path, '..'))).toEqual([])
})

test('the passphrase may come from a file, whose last line break does not count', async () => {
  const path = await walletPath()
  const file = join(await temporaryFolder(), 'passphrase')
  await writeFile(file, `${PASSPHRASE}\n`)
  await restored(path)
  const added = await runWallet(['add', '--wallet', path, '--passphrase-file', file], { passphrase: 'wrong' })
  expect(added.error).toBeUndefined()
})

test.each([
  ['no passphrase and no terminal', {}, [], /TERRARIUM_WALLET_PASSPHRASE.*--passphrase-file/],
  ['an empty passphrase', { passphrase: '' }, [], /TERRARIUM_WALLET_PASSPHRASE is empty/],
  ['a wrong passphrase', { passphrase: 'wrong' }, [], /the passphrase is wrong/],
  ['no such file', {}, ['--passphrase-file', '/nowhere/file'], /cannot read .*\/nowhere\/file/],
] as const)('%s: the wallet stays shut', async (_, surroundings, args, reason) => {
  const path = await walletPath()
  await restored(path)
  const before = await readFile(path, 'utf8')
  expect(faultIn(await runWallet(['add', '--wallet', path, ...args], surroundings))).toMatch(reason)
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('create and restore never overwrite what stands at the path, not even a dangling link', async () => {
  const path = await walletPath()
  await writeFile(path, 'precious')
  const link = `${path}.link`
  await symlink('/nowhere', link)
  for (const target of [path, link]) {
    const faults = [
      await runWallet(['create', '--wallet', target, '--show-mnemonic'], given),
      await restore(target),
    ].map(faultIn)
    for (const fault of faults) expect(fault).toMatch(/exists and a wallet is never overwritten: .*--wallet/)
  }
  expect(await readFile(path, 'utf8')).toBe('precious')
})

test('of two that make one wallet file at once, one succeeds', async () => {
  const path = await walletPath()
  const runs = await Promise.all([restore(path), restore(path, '--accounts', '2')])
  const faults = runs.flatMap(({ error }) => (error ? [error.message] : []))
  expect(faults).toEqual([expect.stringContaining('never overwritten')])
})

test.each([
  ['missing', undefined, /there is no wallet file .*terrarium wallet create.*--dev/],
  ['torn', '{"version":1', /this is no wallet file: it is not JSON/],
  ['foreign', '[]', /this is no wallet file/],
])('a wallet file that is %s is told in one line', async (_, content, reason) => {
  const path = await walletPath()
  if (content !== undefined) await writeFile(path, content)
  expect(faultIn(await runWallet(['address', '--wallet', path]))).toMatch(reason)
})

test('a wallet file is not read where it is too large, or no file', async () => {
  const path = await walletPath()
  await writeFile(path, '')
  await truncate(path, 5_000_000)
  expect(faultIn(await runWallet(['address', '--wallet', path]))).toContain('5000000 bytes')
  expect(faultIn(await runWallet(['address', '--wallet', '/dev/zero']))).toContain('it is no file')
})

test('accounts are found by index, name and address, and renamed', async () => {
  const path = await walletPath()
  await restored(path, 2)
  expect(
    jsonOf(
      await runWallet(['rename', '--wallet', path, '--account', '1', '--name', 'rent', '--json'], given),
    ),
  ).toEqual({
    index: 1,
    name: 'rent',
    address: account(1).address,
  })
  for (const reference of ['1', 'rent', account(1).address.toUpperCase().replace('0X', '0x')]) {
    const { stdout } = await runWallet(['address', '--wallet', path, '--account', reference])
    expect(stdout).toBe(`${account(1).address}\n`)
  }
  expect(faultIn(await runWallet(['address', '--wallet', path, '--account', '7']))).toBe(
    'this wallet has no account "7"',
  )
})

test('--dev needs neither file nor passphrase, and takes no --wallet', async () => {
  const listed = jsonOf(await runWallet(['list', '--dev', '--json', '--node', 'http://127.0.0.1:1'])) as {
    accounts: unknown[]
  }
  expect(listed.accounts).toHaveLength(10)
  expect(listed.accounts[3]).toEqual({
    index: 3,
    name: 'account 3',
    address: account(3).address,
    balance: null,
  })
  expect((await runWallet(['list', '--dev', '--wallet', 'x'])).error).toBeInstanceOf(SettingsError)
})

test('list without a node shows the accounts and says what to do', async () => {
  const { stdout, talk, error } = await runWallet(['list', '--dev', '--node', 'http://127.0.0.1:1'])
  expect(error).toBeUndefined()
  expect(stdout.split('\n')).toHaveLength(12)
  expect(talk).toMatch(/balances are not known: nobody answers at http:\/\/127\.0\.0\.1:1: start .* --node/)
})

test.each([
  ['restore', '--accounts', '0'],
  ['restore', '--accounts', '1001'],
  ['create', '--words', '13'],
  ['list', '--node', 'localhost'],
  ['list', '--node', 'ftp://127.0.0.1'],
  ['list', '--node', 'http://me:secret@127.0.0.1'],
  ['history', '--limit', '0'],
])('%s %s %s is a fault of usage', async (...args) => {
  const { error } = await runWallet(args, given)
  expect(error).toBeInstanceOf(SettingsError)
  expect(error?.message).not.toContain('secret')
})

test('the built program: usage ends with 2, other faults with 1, and success with 0', async () => {
  const cwd = await temporaryFolder()
  const env = { TERRARIUM_WALLET_PASSPHRASE: PASSPHRASE }
  const help = await terrarium(['wallet', '--help'])
  expect(help.code).toBe(0)
  for (const word of ['create', 'restore', 'list', 'address', 'balance', 'send', 'history', 'add', 'rename'])
    expect(help.stdout).toContain(`terrarium wallet ${word} `)
  expect(await terrarium(['wallet', 'restore'], { cwd, env, input: DEVELOPMENT_MNEMONIC })).toEqual({
    code: 0,
    stdout: `made wallet.json; its first account is ${account(0).address}\n`,
    stderr: '',
  })
  expect(await terrarium(['wallet', 'restore'], { cwd, env, input: DEVELOPMENT_MNEMONIC })).toMatchObject({
    code: 1,
    stdout: '',
  })
  expect(await terrarium(['wallet', 'send', '--to', '1'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'terrarium wallet send: --amount is missing (--help explains)\n',
  })
})
