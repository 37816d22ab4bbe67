import { expect, test } from '@jest/globals'
import { ConnectionFileError, readConnectionFile } from '../../../src/contract/peer/connection-file.js'

const read = (json: object): unknown => readConnectionFile(JSON.stringify(json))

test('an address alone is enough', () => {
  expect(read({ address: 'localhost:9999' })).toEqual({
    address: 'localhost:9999',
    dialTimeoutMs: 3000,
    tls: undefined,
  })
})

test.each([
  ['10s', 10_000],
  [500_000_000, 500],
  ['', 3000],
  ['9999h', 600_000],
])('a dial_timeout of %p is %d ms', (dial_timeout, ms) => {
  expect(read({ address: '[::1]:9999', dial_timeout })).toMatchObject({ dialTimeoutMs: ms })
})

test('TLS takes the authority, and the client key and certificate only where they are asked for', () => {
  const tls = { root_cert: 'ROOT', client_key: 'KEY', client_cert: 'CERT', domain: 'contract.example' }
  expect(read({ address: 'a:1', tls_required: true, ...tls })).toMatchObject({
    tls: { rootCertificate: 'ROOT', client: undefined, domain: 'contract.example' },
  })
  expect(read({ address: 'a:1', tls_required: true, client_auth_required: true, ...tls })).toMatchObject({
    tls: { client: { key: 'KEY', certificate: 'CERT' } },
  })
  expect(read({ address: 'a:1', tls_required: false, ...tls })).toMatchObject({ tls: undefined })
})

test.each([
  [{}, 'chaincode address not provided'],
  [{ address: '{{.peername}}_ccaas:9999' }, /address is not host:port/],
  [{ address: 'localhost' }, /address is not host:port/],
  [{ address: 7 }, 'address is no text'],
  [{ address: 'a:1', dial_timeout: 'soon' }, 'dial_timeout is no duration'],
  [{ address: 'a:1', dial_timeout: -1 }, 'dial_timeout is no duration'],
  [{ address: 'a:1', dial_timeout: true }, 'dial_timeout is no duration'],
  [{ address: 'a:1', tls_required: 'yes' }, 'tls_required is neither true nor false'],
  [{ address: 'a:1', tls_required: true }, 'tls root cert not provided'],
  [
    { address: 'a:1', tls_required: true, root_cert: 'R', client_auth_required: true },
    'tls key not provided',
  ],
  [
    { address: 'a:1', tls_required: true, root_cert: 'R', client_auth_required: true, client_key: 'K' },
    'tls cert not provided',
  ],
])('%j is refused', (json, text) => {
  expect(() => read(json)).toThrow(ConnectionFileError)
  expect(() => read(json)).toThrow(text)
})

test.each(['', '[]', 'null', '"x"', '{"address":"a:1","address":"b:1"}'])('%s is refused', (text) => {
  expect(() => readConnectionFile(text)).toThrow(ConnectionFileError)
})
