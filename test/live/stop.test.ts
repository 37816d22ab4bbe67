import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { afterThisTest } from '../support/cleanup.js'
import { startHostilePeer } from '../support/hostile-peer.js'
import { checkout, Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'

jest.setTimeout(60_000)

/** Opens a connection that sends `bytes` and never closes. */
async function hangOn(url: string, bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  afterThisTest(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(bytes)
  return socket
}

test('SIGTERM and SIGINT stop a node within five seconds, whoever holds on to it, and what it knew is on disk', async () => {
  await Promise.all([expectStop('SIGTERM'), expectStop('SIGINT')])
})

async function expectStop(signal: NodeJS.Signals): Promise<void> {
  const cwd = await checkout()
  const seed = await startHostilePeer(() => undefined)
  const program = new Program(cwd, [
    'dist/client.js',
    '-p',
    '0',
    '-d',
    'own',
    '-dp',
    String(seed.record.port),
    '--request-timeout',
    '60',
  ])
  const url = await program.url()
  await waitFor('a call to the seed server under way', () => seed.requests.length > 0)
  const known = { ip_address: '127.0.0.1', port: 40001 }
  await fetch(`${url}/nodes/`, {
    method: 'POST',
    body: JSON.stringify(known),
    headers: { 'content-type': 'application/json' },
  })
  const head = 'Host: 127.0.0.1\r\n'
  const idle = await hangOn(url, `GET / HTTP/1.1\r\n${head}\r\n`)
  await once(idle, 'data')
  await Promise.all([
    hangOn(url, ''),
    hangOn(url, 'GET / HT'),
    hangOn(
      url,
      `POST /nodes/ HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    ),
  ])
  const start = performance.now()
  const { code, stdout, stderr } = await program.kill(signal)
  expect(performance.now() - start).toBeLessThan(5000)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').at(-1)).toContain('"stopped"')
  expect(JSON.parse(await readFile(join(cwd, 'own', 'nodes.json'), 'utf8'))).toEqual([known])
}

test('a second signal ends the process at once', async () => {
  const cwd = await checkout()
  const program = new Program(cwd, ['dist/dns.js', '--port', '0', '-d', 'own'])
  await hangOn(await program.url(), 'GET / HT')
  void program.kill('SIGTERM')
  await waitFor('the stop to begin', () => program.text().includes('"stopping"'))
  expect((await program.kill('SIGINT')).code).toBe(130)
})

test('an idle node stops without delay', async () => {
  const cwd = await checkout()
  const program = new Program(cwd, ['dist/dns.js', '--port', '0', '-d', 'own'])
  await program.url()
  const start = performance.now()
  expect((await program.kill('SIGTERM')).code).toBe(0)
  expect(performance.now() - start).toBeLessThan(2000)
})
