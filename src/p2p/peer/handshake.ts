import { P2pError, ProtocolError } from '../errors.js'
import type { MessageBodies } from '../wire/codec.js'
import { NO_ADDRESS } from '../wire/messages/net-address.js'
import type { Version } from '../wire/messages/version.js'
import type { PeerSettings } from './options.js'
import type { PeerMessage } from './peer-message.js'
import { randomNonce } from './requests/pings.js'

/** Nodes older than this speak another protocol. */
const LEAST_VERSION = 31_800
/** BTC nodes that know of witness ids and long addresses, which have to be agreed on before `verack`. */
const FEATURES_VERSION = 70_016

/** Sends a message; in the order of the calls. */
export type Send = <C extends keyof MessageBodies>(command: C, body: MessageBodies[C]) => void

/** The peer serves another network that has the same magic. */
export class ForeignPeerError extends P2pError {
  override readonly name = 'ForeignPeerError'
  constructor(userAgent: string) {
    super('foreign_peer', `the peer belongs to another network: ${userAgent}`)
  }
}

/** The exchange that opens a connection we made: both sides tell who they are, and agree on what they know. */
export class Handshake {
  readonly #nonce = randomNonce()
  #version: Version | undefined
  #done = false
  #wtxidRelay = false
  #protoconf = false

  constructor(
    private readonly settings: PeerSettings,
    private readonly send: Send,
  ) {}

  /** What the peer told of itself. */
  get version(): Version | undefined {
    return this.#version
  }

  /** Both `version` and `verack` came. */
  get done(): boolean {
    return this.#done
  }

  /** BTC: both sides name transactions by the hash that covers the witness. */
  get wtxidRelay(): boolean {
    return this.#wtxidRelay && this.#hasFeatures
  }

  start(): void {
    const { protocolVersion, services, clock, userAgent, startHeight, relay } = this.settings
    this.send('version', {
      version: protocolVersion,
      services,
      time: BigInt(Math.floor(clock.now() / 1000)),
      receiver: NO_ADDRESS,
      sender: NO_ADDRESS,
      nonce: this.#nonce,
      userAgent,
      startHeight,
      relay,
    })
  }

  /**
   * Looks at every message, in the order of the wire.
   * @throws {ProtocolError | ForeignPeerError} for what is out of place: it is not to be looked at further
   */
  receive(message: PeerMessage): void {
    if (message.command === 'version') this.#onVersion(message.body)
    if (this.#version === undefined)
      throw new ProtocolError('missing_version', `a ${message.command} came before the version`)
    if (message.command === 'verack') this.#onVerack()
    if (message.command === 'wtxidrelay') this.#onWtxidRelay()
    if (message.command === 'sendaddrv2') this.#beforeVerack(message.command)
    if (message.command === 'protoconf') this.#onProtoconf()
  }

  #onVersion(version: Version): void {
    if (this.#version !== undefined) throw new ProtocolError('duplicate_version', 'a second version came')
    if (version.nonce === this.#nonce)
      throw new ProtocolError('self_connection', 'the connection leads back to us')
    if (version.version < LEAST_VERSION)
      throw new ProtocolError('obsolete_version', `the peer speaks the obsolete version ${version.version}`)
    const userAgent = version.userAgent.toLowerCase()
    if (this.settings.network.foreignUserAgents.some((name) => userAgent.includes(name.toLowerCase())))
      throw new ForeignPeerError(version.userAgent)
    this.#version = version
    if (this.#hasFeatures) {
      this.send('wtxidrelay', undefined)
      this.send('sendaddrv2', undefined)
    }
    this.send('verack', undefined)
  }

  #onVerack(): void {
    if (this.#done) throw new ProtocolError('unexpected_message', 'a second verack came')
    this.#done = true
    const { network, limits, sendHeaders } = this.settings
    if (network.family === 'bsv')
      this.send('protoconf', { maxReceiveBytes: limits.maxMessageBytes, streamPolicies: ['Default'] })
    if (sendHeaders) this.send('sendheaders', undefined)
  }

  #onWtxidRelay(): void {
    this.#beforeVerack('wtxidrelay')
    this.#wtxidRelay = true
  }

  #onProtoconf(): void {
    if (this.#protoconf) throw new ProtocolError('unexpected_message', 'a second protoconf came')
    this.#protoconf = true
  }

  #beforeVerack(command: string): void {
    if (this.#done) throw new ProtocolError('unexpected_message', `a ${command} came after verack`)
  }

  /** Version numbers mean this on BTC alone: elsewhere 70016 stands for other features. */
  get #hasFeatures(): boolean {
    const { network, protocolVersion } = this.settings
    const version = Math.min(protocolVersion, this.#version?.version ?? 0)
    return network.family === 'btc' && version >= FEATURES_VERSION
  }
}
