import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.js'
import type { GrpcTls } from '../../contract/peer/grpc-port.js'
import { hasCode } from '../../store/error-code.js'

/** The files of `--contract-tls`. @throws {Error} naming the one that cannot be read */
export async function readTls(folder: string): Promise<GrpcTls> {
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      throw new Error(`--contract-tls: cannot read ${join(folder, name)}: ${messageOf(error)}`)
    })
  const clientAuthorities = await readFile(join(folder, 'client-ca.crt'), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  return {
    certificate: await read('server.crt'),
    key: await read('server.key'),
    ...(clientAuthorities === undefined ? {} : { clientAuthorities }),
  }
}
