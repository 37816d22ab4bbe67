import { connect } from 'node:net'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { messageOf } from '../../../base/errors.js'
import { hasCode } from '../../../store/error-code.js'

/** The gRPC port of a node, as a program is to come to it. */
export interface DoorToTry {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
  /** PEM; trusted besides those of the system. Undefined: without TLS. */
  readonly rootCertificate: string | undefined
}

const TIMEOUT_MS = 5000

/** Why a program on this machine would not get in, in one line with what cures it; undefined: it would. */
export async function faultOfDoor({ host, port, rootCertificate }: DoorToTry): Promise<string | undefined> {
  try {
    await reach(host, port, rootCertificate)
    return undefined
  } catch (error) {
    const cure = CURES.find(([codes]) => hasCode(error, ...codes))?.[1]
    return cure === undefined ? messageOf(error) : `${messageOf(error)}; ${cure}`
  }
}

function reach(host: string, port: number, rootCertificate: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const reached = (): void => {
      socket.destroy()
      resolve()
    }
    const tls = { ca: [...rootCertificates, rootCertificate ?? ''], ALPNProtocols: ['h2'] }
    const socket =
      rootCertificate === undefined
        ? connect({ host, port }, reached)
        : connectTls({ host, port, ...tls }, reached)
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)))
    // It comes after the end, too, and is nobody's then.
    socket.on('error', reject)
  })
}

const CURES: readonly (readonly [codes: readonly string[], cure: string])[] = [
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    'start the node with --allow-host and this name, or call it by an address that its certificate has',
  ],
  [
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_GET_ISSUER_CERT'],
    'put the certificate of the authority that signed server.crt beside it, as ca.crt',
  ],
  [['CERT_HAS_EXPIRED'], 'give the node another certificate'],
  [['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH'], 'is the port open to this machine?'],
]
