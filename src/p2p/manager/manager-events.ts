import type { ProtocolError } from '../errors.js'
import type { Peer } from '../peer/peer.js'
import type { PeerMessage } from '../peer/peer-message.js'
import type { PeerAddress } from './address.js'

/** What a manager emits, and with which arguments. */
export interface ManagerEvents {
  /** The handshake with a peer is done. */
  connect: [Peer]
  /** A connected peer has left; the reason is undefined where we closed it without one. */
  disconnect: [Peer, Error | undefined]
  /** An attempt to connect has failed, or the handshake has. */
  failed: [PeerAddress, Error | undefined]
  /** Everything that any peer tells, as soon as it is read. */
  message: [Peer, PeerMessage]
  fault: [Peer, ProtocolError]
  /** A handler, or a listener of `message`, has failed. */
  handlerError: [Peer, unknown]
  ban: [PeerAddress, string]
}
