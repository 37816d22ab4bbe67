import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { afterThisTest } from '../support/cleanup.js'
import { checkout, Program } from '../support/program.js'

jest.setTimeout(60_000)

/** What a refused start left behind, beside what was there before it. */
async function leftovers(cwd: string): Promise<string[]> {
  return (await readdir(cwd, { recursive: true })).filter((name) => !name.startsWith('dist')).sort()
}

/** Runs a program that must not start: one line on stderr that names the culprit, nothing on stdout, nothing written. */
async function expectRefusal(
  cwd: string,
  args: readonly string[],
  status: number,
  ...culprits: string[]
): Promise<void> {
  const { code, stdout, stderr } = await new Program(cwd, args).ended
  expect({ args, code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
    args,
    code: status,
    stdout: '',
    lines: 1,
  })
  for (const culprit of culprits) expect(stderr).toContain(culprit)
}

test('a mistake on the command line ends both programs with status 2, and nothing is written', async () => {
  const cwd = await checkout()
  await Promise.all([
    expectRefusal(cwd, ['dist/dns.js', '--prot', '1'], 2, 'dns: ', 'prot'),
    expectRefusal(cwd, ['dist/client.js', '-p', 'abc'], 2, 'client: ', '--port', 'abc'),
    expectRefusal(cwd, ['dist/client.js', '-p', '70000'], 2, '--port', '70000', '65535'),
    expectRefusal(cwd, ['dist/client.js', '--config', 'no.json'], 2, 'no.json'),
  ])
  expect(await leftovers(cwd)).toEqual([])
})

test('mining takes --reward-address in profiles lan and public: else the start ends with status 2, and nothing is written', async () => {
  const cwd = await checkout()
  const mining = ['dist/client.js', '-p', '0', '-d', 'own', '--mine', 'interval', '--profile']
  const refusal = (profile: string): Promise<void> =>
    expectRefusal(cwd, [...mining, profile], 2, '--mine interval', '--reward-address', `profile ${profile}`)
  await Promise.all([refusal('lan'), refusal('public')])
  expect(await leftovers(cwd)).toEqual([])
  const reward_address = `0x${'1'.repeat(40)}`
  const url = await new Program(cwd, [...mining, 'lan', '--reward-address', reward_address]).url()
  expect(await (await fetch(`${url}/mining/`)).json()).toMatchObject({ mode: 'interval', reward_address })
})

test('a port that is taken, or an address that is not this machine, ends a start with status 1, and nothing is written', async () => {
  const cwd = await checkout()
  const server = createServer().listen(0, '127.0.0.1')
  afterThisTest(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await Promise.all([
    expectRefusal(
      cwd,
      ['dist/dns.js', '--port', String(port)],
      1,
      `port ${port} of 127.0.0.1 is taken`,
      '--port',
    ),
    expectRefusal(
      cwd,
      ['dist/client.js', '-p', String(port), '-d', 'own'],
      1,
      `port ${port} of 127.0.0.1 is taken`,
    ),
    expectRefusal(cwd, ['dist/client.js', '-p', '0', '-i', '192.0.2.1'], 1, '192.0.2.1', '--ip'),
    expectRefusal(
      cwd,
      ['dist/client.js', '-p', '0', '--contract-port', String(port)],
      1,
      `port ${port} of 127.0.0.1 is taken`,
      '--contract-port',
    ),
    expectRefusal(
      cwd,
      ['dist/client.js', '-p', '9', '--contract-port', '9'],
      1,
      '--port and --contract-port',
    ),
    expectRefusal(
      cwd,
      ['dist/client.js', '-p', '0', '--contract-tls', 'none'],
      1,
      '--contract-tls',
      'server.crt',
    ),
  ])
  expect(await leftovers(cwd)).toEqual([])
})

test('a folder that another process holds is named with that process, and stays as it is', async () => {
  const cwd = await checkout()
  const holder = new Program(cwd, ['dist/dns.js', '--port', '0', '-d', 'held'])
  await holder.url()
  const before = await leftovers(cwd)
  await expectRefusal(
    cwd,
    ['dist/client.js', '-p', '0', '-d', 'held'],
    1,
    join(cwd, 'held'),
    'in use by process',
    '--dir',
  )
  expect(await leftovers(cwd)).toEqual(before)
  expect((await fetch(`${await holder.url()}/nodes/`)).status).toBe(200)
})

test('a folder that cannot be made or written is named, and nothing else is touched', async () => {
  const cwd = await checkout()
  await writeFile(join(cwd, 'file'), 'mine')
  await mkdir(join(cwd, 'odd', 'lock'), { recursive: true })
  const before = await leftovers(cwd)
  await Promise.all([
    expectRefusal(cwd, ['dist/client.js', '-p', '0', '-d', 'file'], 1, join(cwd, 'file')),
    expectRefusal(cwd, ['dist/client.js', '-p', '0', '-d', 'file/below'], 1, join(cwd, 'file', 'below')),
    expectRefusal(cwd, ['dist/dns.js', '--port', '0', '-d', 'odd'], 1, join(cwd, 'odd')),
    expectRefusal(cwd, ['dist/dns.js', '--port', '0', '-d', '/proc/none'], 1, '/proc/none'),
  ])
  expect(await leftovers(cwd)).toEqual(before)
})

test('--help and --version are answered on stdout with status 0, and nothing is written', async () => {
  const cwd = await checkout()
  const [help, version] = await Promise.all(
    [
      ['dist/client.js', '--help'],
      ['dist/dns.js', '--version'],
    ].map((args) => new Program(cwd, args).ended),
  )
  expect(help).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('Usage: client') as unknown,
  })
  expect(version).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\s*$/) as unknown,
  })
  expect(await leftovers(cwd)).toEqual([])
})

test('torn files are set aside by name, told in the log, and the node starts', async () => {
  const cwd = await checkout()
  const folder = join(cwd, 'torn')
  await mkdir(folder)
  for (const name of ['nodes.json', 'blockchain.json', 'node_state.json'])
    await writeFile(join(folder, name), '[{"ip_addr')
  const program = new Program(cwd, ['dist/client.js', '-p', '0', '-d', 'torn'])
  expect(await (await fetch(`${await program.url()}/nodes/`)).json()).toEqual([])
  const { stdout } = await program.kill('SIGTERM')
  const names = await readdir(folder)
  for (const name of ['nodes.json', 'blockchain.json', 'node_state.json']) {
    expect(names).toEqual(expect.arrayContaining([name, `${name}.torn-1`]))
    expect(stdout).toContain(`${name}.torn-1`)
  }
})
