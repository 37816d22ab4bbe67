import { Type as T } from '@sinclair/typebox'
import { exampleIdentity } from '../examples/contract.js'
import { methods } from '../method.js'
import type { ContractsPort } from '../ports/contracts.js'
import { IdentityJson, IdentityName, Issued, MspId } from '../schemas/contract.js'

const method = methods<{ contracts: ContractsPort }>()

const publicKey =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n'

/** What a node needs so that contracts, and their callers, can work with it. */
export const contractSetup = {
  'contracts.identities': method({
    summary: 'Identities that this node can call contracts as',
    params: T.Object({}, { additionalProperties: false }),
    result: T.Object({ identities: T.Array(IdentityJson) }, { additionalProperties: false }),
    http: 'GET /identities/',
    example: { params: {}, result: { identities: [exampleIdentity] } },
    handle: async (_params, { contracts: port }) => {
      const identities = await port.identities()
      return { identities: [...identities] }
    },
  }),
  'contracts.issue': method({
    summary:
      'A certificate of an organisation of this node: for a public key, or for a new key that the node keeps',
    params: T.Object(
      {
        name: IdentityName,
        msp_id: T.Optional(MspId),
        role: T.Optional(
          T.Union([T.Literal('client'), T.Literal('admin'), T.Literal('peer')], {
            description: '"client", "admin" or "peer"',
          }),
        ),
        attributes: T.Optional(
          T.Record(T.String({ minLength: 1, maxLength: 128 }), T.String({ maxLength: 1024 }), {
            description: 'What contracts may ask of their caller.',
          }),
        ),
        public_key: T.Optional(T.String({ maxLength: 4096, description: 'PEM: P-256, P-384 or Ed25519.' })),
      },
      { additionalProperties: false },
    ),
    result: Issued,
    http: 'POST /identities/',
    scope: 'admin',
    errors: ['IDENTITY_NOT_FOUND'],
    example: {
      params: { name: 'ann', msp_id: 'Org1MSP', public_key: publicKey },
      result: {
        name: 'ann@Org1MSP',
        msp_id: 'Org1MSP',
        certificate: exampleIdentity.certificate,
        root_certificate: exampleIdentity.certificate,
        tls_root_certificate: exampleIdentity.certificate,
        channel: 'mychannel',
        door: { ip_address: '127.0.0.1', port: 7052, tls: true, plaintext: true, client_certificates: false },
      },
    },
    handle: (params, { contracts: port }) => port.issue(params),
  }),
  'contracts.connect': method({
    summary: 'Where to dial a contract that serves, as its connection.json says; null: no longer',
    params: T.Object(
      {
        id: T.String({
          minLength: 1,
          maxLength: 256,
          description: 'What it registers as, such as basic:1.0.',
        }),
        connection: T.Union([
          T.Unsafe<object>({ type: 'object', description: 'a connection.json' }),
          T.Null({ description: 'null' }),
        ]),
      },
      { additionalProperties: false },
    ),
    result: T.Object(
      { id: T.String(), address: T.Union([T.String(), T.Null()]) },
      { additionalProperties: false },
    ),
    http: 'POST /connections/',
    scope: 'admin',
    example: {
      params: { id: 'basic:1.0', connection: { address: '127.0.0.1:9999', tls_required: false } },
      result: { id: 'basic:1.0', address: '127.0.0.1:9999' },
    },
    handle: ({ id, connection }, { contracts: port }) => port.connect(id, connection),
  }),
}
