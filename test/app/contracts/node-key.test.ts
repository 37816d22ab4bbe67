import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { openNodeKey } from '../../../src/app/contracts/node-key.js'
import { SignatureVerifier } from '../../../src/wallet/signature-verifier.js'
import { temporaryFolder } from '../../support/cleanup.js'

describe('the key of a node', () => {
  test('is made at first use, for its owner alone to read, and is the same from then on', async () => {
    const folder = await temporaryFolder()
    const made = await openNodeKey(folder)
    expect(await readdir(folder)).toEqual(['node_key.json'])
    expect((await stat(join(folder, 'node_key.json'))).mode & 0o777).toBe(0o600)
    const again = await openNodeKey(folder)
    expect([again.publicKey, again.address]).toEqual([made.publicKey, made.address])
    const message = Buffer.from('message')
    expect(new SignatureVerifier().verify(made.publicKey, message, again.sign(message))).toBe(true)
  })

  test('is another one in every folder', async () => {
    const keys = [await openNodeKey(await temporaryFolder()), await openNodeKey(await temporaryFolder())]
    expect(keys[0]?.publicKey).not.toBe(keys[1]?.publicKey)
  })

  test.each([
    ['torn', '{"seed":"ab'],
    ['of another shape', '[]'],
    ['without a seed', '{"public_key":"00"}'],
    ['of another key', `{"seed":"${'11'.repeat(32)}","public_key":"${'22'.repeat(32)}"}`],
  ])('is never replaced where its file is %s, and the error quotes nothing of it', async (_, text) => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'node_key.json'), text)
    const message = await openNodeKey(folder).then(
      () => 'no error',
      (caught: unknown) => (caught as Error).message,
    )
    expect(message).toMatch(/node_key\.json is no key of a node/)
    expect(message).not.toContain('11'.repeat(32))
    expect(await readFile(join(folder, 'node_key.json'), 'utf8')).toBe(text)
  })
})
