import type { KeyObject } from 'node:crypto'

/** A private key as PKCS #8 in PEM, the form that Fabric's applications read. */
export function pemOfKey(privateKey: KeyObject): string {
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}
