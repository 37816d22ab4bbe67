import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../../../src/p2p/errors.js'
import { readPeersFile, writePeersFile } from '../../../src/p2p/manager/peers-file.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peers-'))
  path = join(folder, 'peers.regtest.json')
})
afterEach(() => rm(folder, { recursive: true }))

describe('the file of peers', () => {
  test('P2P-12 is written as other programs know it: an object by address, indented by four', async () => {
    await writePeersFile(path, [
      { address: { host: '127.0.0.1', port: 18444 }, lastConnected: null, banned: false },
      { address: { host: '::1', port: 1 }, lastConnected: 1_700_000_000, banned: true },
    ])
    expect(await readFile(path, 'utf8')).toBe(
      `{
    "127.0.0.1:18444": {
        "last_connected": null,
        "banned": false
    },
    "[::1]:1": {
        "last_connected": 1700000000,
        "banned": true
    }
}
`,
    )
    expect(await readdir(folder)).toEqual(['peers.regtest.json'])
  })

  test('P2P-12 gives back all that was written, host names and IPv6 included', async () => {
    const records = [
      {
        address: { host: 'node.example.org', port: 8333 },
        lastConnected: 5,
        banned: true,
        bannedUntil: 10,
        banReason: 'bad_magic',
        services: 2n ** 63n,
        userAgent: '/a:1/',
        failures: 3,
      },
      { address: { host: '::1', port: 1 }, lastConnected: null, banned: false },
    ]
    await writePeersFile(path, records)
    expect(await readPeersFile(path, 8333)).toEqual(records)
  })

  test('that is not there is empty', async () => {
    expect(await readPeersFile(path, 8333)).toEqual([])
  })

  test.each([
    '',
    '{',
    '[]',
    '{"a:1":null}',
    '{"a:1":{"banned":1}}',
    '{"a:1":{"last_connected":"x"}}',
    '{"a:b:c":{}}',
  ])('of %p is refused', async (text) => {
    await writeFile(path, text)
    await expect(readPeersFile(path, 8333)).rejects.toBeInstanceOf(UsageError)
  })

  test('P2P-12 is replaced as a whole: whoever reads meanwhile finds an old or a new one', async () => {
    const records = Array.from({ length: 2000 }, (_, index) => ({
      address: { host: 'node.example.org', port: index + 1 },
      lastConnected: null,
      banned: false,
    }))
    await writePeersFile(path, records)
    const state = { done: false }
    const writing = (async () => {
      for (let turn = 0; turn < 10; turn++) await writePeersFile(path, records)
      state.done = true
    })()
    while (!state.done) expect(await readPeersFile(path, 1)).toHaveLength(2000)
    await writing
  })
})
