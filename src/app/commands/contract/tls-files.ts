import { readFile } from 'node:fs/promises'
import type { ClientTls } from '../../../contract/shim/dial.js'
import type { ServerTls } from '../../../contract/shim/serve.js'
import { flagOrVariable } from './grpc-flags.js'

type Flags = Readonly<Record<string, string | undefined>>

/** Fabric has two ways to name a file: `..._FILE` and `-file` hold PEM, `..._PATH` and `-path` hold PEM in base64. */
async function pemFile(file: string | undefined, path: string | undefined): Promise<Buffer | undefined> {
  if (file !== undefined) return await readFile(file)
  if (path === undefined) return undefined
  const content = await readFile(path, 'utf8')
  return Buffer.from(content, content.includes('-----BEGIN') ? 'utf8' : 'base64')
}

/** True where the environment says that peers want TLS. */
export function isTlsEnabled(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['CORE_PEER_TLS_ENABLED']?.toLowerCase() === 'true'
}

/** What a contract that dials needs, as a peer that launches it tells it. @throws {Error} where something is missing */
export async function clientTls(
  serverName: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ClientTls> {
  const rootFile = env['CORE_PEER_TLS_ROOTCERT_FILE']
  if (!rootFile) throw new Error('CORE_PEER_TLS_ROOTCERT_FILE has to name the certificates of the peer')
  const key = await pemFile(env['CORE_TLS_CLIENT_KEY_FILE'], env['CORE_TLS_CLIENT_KEY_PATH'])
  const certificate = await pemFile(env['CORE_TLS_CLIENT_CERT_FILE'], env['CORE_TLS_CLIENT_CERT_PATH'])
  if (!key || !certificate) {
    throw new Error(
      'The client key and cert are needed when TLS is enabled, but environment variables specifying the paths to these files are missing',
    )
  }
  return { roots: await readFile(rootFile), key, certificate, serverName }
}

const PARTS = ['key', 'cert', 'client-cacert'] as const

/** The flags of a contract that serves. */
export const SERVER_TLS_FLAGS = PARTS.flatMap((part) => [
  [`chaincode-tls-${part}-file`, `PEM file: ${part} of this contract`] as const,
  [`chaincode-tls-${part}-path`, `the same, in base64`] as const,
])

/** Undefined without TLS. @throws {Error} where one half of a pair is missing, or both ways are used */
export async function serverTls(flags: Flags): Promise<ServerTls | undefined> {
  const [key, certificate, clientRoots] = await Promise.all(PARTS.map((part) => serverFile(flags, part)))
  if (!key && !certificate) return undefined
  if (!key) throw new Error('A TLS option is set but no key is specified')
  if (!certificate) throw new Error('A TLS option is set but no cert is specified')
  return { key, certificate, clientRoots }
}

function serverFile(flags: Flags, part: (typeof PARTS)[number]): Promise<Buffer | undefined> {
  const [fileFlag, pathFlag] = [`chaincode-tls-${part}-file`, `chaincode-tls-${part}-path`]
  const [file, path] = [flagOrVariable(flags, fileFlag), flagOrVariable(flags, pathFlag)]
  if (file !== undefined && path !== undefined) {
    throw new Error(`Arguments ${fileFlag} and ${pathFlag} are mutually exclusive`)
  }
  return pemFile(file, path)
}
