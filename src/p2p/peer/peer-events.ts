import type { ProtocolError } from '../errors.js'
import type { Headers } from '../wire/messages/headers.js'
import type { PeerMessage } from './peer-message.js'

/** What a peer emits, and with which arguments. */
export interface PeerEvents {
  /** The handshake is done. */
  ready: []
  /** Everything that the handlers are told, as soon as it is read; nothing waits for listeners. */
  message: [PeerMessage]
  /** Headers that no request asked for: news, as a rule. */
  unaskedHeaders: [Headers]
  /** The peer broke the protocol. */
  fault: [ProtocolError]
  /** A handler, or a listener of `message`, has failed. */
  handlerError: [unknown]
  /** The last event, exactly once; the reason is undefined where `close` was called without one. */
  close: [Error | undefined]
}
