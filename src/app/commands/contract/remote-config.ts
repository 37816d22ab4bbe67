import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RemoteDoor } from '../../../api/ports/remote.js'
import { canonicalIp, ipInUrl, ipRange } from '../../../base/ip.js'
import type { DoorToTry } from './try-door.js'

const CONFIG = 'config.yaml'

/** Beside it, where the program trusts the certificate in it. */
const CERTIFICATE = 'node.crt'

/** What a program shows of itself, in the words of config.yaml. */
interface Identity {
  readonly chain_id: string
  readonly smart_contract_id: string
  readonly api_key: string
}

/** How a program comes to the gRPC port of the node at this URL. @throws {Error} it does not: one line for people */
export function wayTo(url: string, { door, tls_root_certificate }: RemoteDoor): DoorToTry {
  if (!door)
    throw new Error(
      'the node has no port for contracts: start it with --contract-port, or give --no-register and fill config.yaml in later',
    )
  if (door.client_certificates)
    throw new Error(
      'the port for contracts takes only callers with a certificate, and remote contracts have none: start the node without client-ca.crt in --contract-tls',
    )
  // It listens where it was reached, whatever it calls the address.
  const host = new URL(url).hostname.replaceAll(/[[\]]/g, '')
  const isNear = host === 'localhost' || (canonicalIp(host) !== undefined && ipRange(host) === 'loopback')
  const rootCertificate = door.plaintext && isNear ? undefined : (tls_root_certificate ?? undefined)
  if (!door.plaintext && rootCertificate === undefined)
    throw new Error('the node does not tell by what certificate its port for contracts is known')
  return { host, port: door.port, rootCertificate }
}

export function addressText({ host, port }: DoorToTry): string {
  return `${ipInUrl(host)}:${port}`
}

/** Fills the fields of a template's config.yaml in, whose comments stay; for its owner's eyes alone. */
export async function writeConfig(folder: string, way: DoorToTry, identity: Identity): Promise<void> {
  const { rootCertificate } = way
  const fields = {
    server_address: addressText(way),
    ...identity,
    use_tls: rootCertificate !== undefined,
    ...(rootCertificate === undefined ? {} : { tls_cert_path: CERTIFICATE }),
  }
  const path = join(folder, CONFIG)
  let text = await readFile(path, 'utf8')
  for (const [field, value] of Object.entries(fields)) text = filled(text, field, value)
  if (rootCertificate !== undefined) await writeFile(join(folder, CERTIFICATE), rootCertificate)
  await chmod(path, 0o600)
  await writeFile(path, text, { mode: 0o600 })
}

/** A field that is commented out is put in force. @throws {Error} there is no such field */
export function filled(text: string, field: string, value: string | boolean): string {
  const set = new RegExp(`^${field}:.*$`, 'm')
  const line = set.test(text) ? set : new RegExp(`^# *${field}:.*$`, 'm')
  if (!line.test(text)) throw new Error(`config.yaml of the template has no ${field}`)
  return text.replace(line, () => `${field}: ${typeof value === 'string' ? `'${value}'` : String(value)}`)
}
