import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.js'
import { hasCode } from '../../store/error-code.js'
import type { DoorTls } from './door-tls.js'

/** The files of `--contract-tls`. @throws {Error} one line for people, naming the file that cannot be read or does not fit */
export async function readTls(folder: string): Promise<DoorTls> {
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      throw new Error(`--contract-tls: cannot read ${join(folder, name)}: ${messageOf(error)}`, {
        cause: error,
      })
    })
  const readIfThere = (name: string): Promise<string | undefined> =>
    read(name).catch((error: unknown) => {
      if (error instanceof Error && hasCode(error.cause, 'ENOENT')) return undefined
      throw error
    })
  const [certificate, key] = [await read('server.crt'), await read('server.key')]
  requirePair(folder, certificate, key)
  const clientAuthorities = await readIfThere('client-ca.crt')
  return {
    tls: { certificate, key, ...(clientAuthorities === undefined ? {} : { clientAuthorities }) },
    rootCertificate: (await readIfThere('ca.crt')) ?? certificate,
  }
}

/** What does not fit together would be found out about by every client, and by nobody here. */
function requirePair(folder: string, certificate: string, key: string): void {
  let fits: boolean
  try {
    fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    // The cause might quote the key.
    throw new Error(`--contract-tls: server.crt or server.key in ${folder} is not in PEM`)
  }
  if (!fits) throw new Error(`--contract-tls: server.key in ${folder} does not belong to server.crt`)
}
