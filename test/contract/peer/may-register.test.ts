import { expect, test } from '@jest/globals'
import type { PeerCertificate } from 'node:tls'
import { mayRegister } from '../../../src/contract/peer/may-register.js'

const certificate = {} as PeerCertificate

const allows = (peer: string, sslPeerCertificate?: PeerCertificate): boolean =>
  mayRegister(
    { getPeer: () => peer, getAuthContext: () => (sslPeerCertificate ? { sslPeerCertificate } : {}) },
    () => ['10.0.0.1', '2001:db8::5'],
  )

test.each(['10.1.2.3:4000', '::ffff:10.1.2.3:4000', '2001:db8::1:4000', 'unknown', ''])(
  'from %j a contract may not register, unless it has shown a certificate',
  (peer) => {
    expect(allows(peer)).toBe(false)
    expect(allows(peer, certificate)).toBe(true)
  },
)

test.each([
  '127.0.0.1:4000',
  '127.1.2.3:4000',
  '::1:4000',
  '::ffff:127.0.0.1:4000',
  '10.0.0.1:4000',
  '::ffff:10.0.0.1:4000',
  '2001:db8::5:4000',
])('from %s, on this machine, a contract may register', (peer) => expect(allows(peer)).toBe(true))
