import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { writeIdentityFolder } from '../../../contract/identity/write-identity-folder.js'
import { writeFilesAtomic } from '../../../store/atomic-write.js'
import { makeFolder } from '../../../store/folder.js'
import { SettingsError } from '../../settings/errors.js'
import { oneOf } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { flagOf, givenTo, type Given, print, textOf, withNode } from './node-client.js'

/** Makes an identity with which Fabric's clients call contracts. */
export const identity: Command = {
  name: 'identity',
  describe: 'make the key and certificates that client applications of Fabric take',
  async run(args) {
    const given = await givenTo(
      {
        name: 'identity',
        words: '<name>',
        describe:
          'Makes a key here, has the node certify it, and writes key, certificate and TLS root as Fabric’s sample applications read them. Prints the environment they take; the key never leaves this machine.',
        flags: {
          out: 'folder to write [./NAME]',
          msp: 'organisation of the node, such as Org1MSP [the first]',
          role: 'client, admin or peer [client]',
          attributes: 'what contracts may ask of their caller, such as role=auditor,level=3',
        },
        examples: [
          ['$0 ann --out ann', 'an identity of the first organisation'],
          ['source <($0 ann --out ann)', 'and its environment in this shell'],
        ],
      },
      args,
    )
    const name = textOf(given, 'name') ?? ''
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString()
    await withNode(given, async (node) => {
      const issued = await node.call('contracts.issue', { name, public_key: pem, ...requestOf(given) })
      const { door, tls_root_certificate: tlsRoot } = issued
      if (!door || tlsRoot === null)
        throw new Error('the node has no port for clients of Fabric; start it with --contract-port')
      const { certificate, msp_id: mspId, channel } = issued
      const folder = textOf(given, 'out') ?? name
      await makeFolder(folder)
      const environment = await writeIdentityFolder(
        folder,
        { mspId, certificate, privateKey },
        { rootCertificate: issued.root_certificate, tlsRootCertificate: tlsRoot },
        writeFilesAtomic,
      )
      const host = door.ip_address.includes(':') ? `[${door.ip_address}]` : door.ip_address
      const all = {
        ...environment,
        CHANNEL_NAME: channel,
        PEER_ENDPOINT: `${host}:${door.port}`,
        PEER_HOST_ALIAS: 'localhost',
      }
      for (const [key, value] of Object.entries(all)) print(`export ${key}=${quoted(value)}`)
    })
  },
}

function requestOf(given: Given) {
  const [msp_id, role] = [textOf(given, 'msp'), flagOf(given, 'role', oneOf('client', 'admin', 'peer'))]
  const attributes = flagOf(given, 'attributes', attributesIn)
  return {
    ...(msp_id === undefined ? {} : { msp_id }),
    ...(role === undefined ? {} : { role }),
    ...(attributes === undefined ? {} : { attributes }),
  }
}

function attributesIn(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    if (name === '' || value.length === 0)
      throw new SettingsError('--attributes takes name=value, with commas between')
    return [name, value.join('=')] as const
  })
  return Object.fromEntries(pairs)
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
