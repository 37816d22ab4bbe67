import { connect } from 'node:net'
import type { Transport } from './transport.js'

/** One buffer a connection, used again and again: this is all that reading costs. */
const READ_BUFFER_BYTES = 256 * 1024

/** Reaches peers over TCP. Names are resolved by the system, both address families are tried. */
export const tcpTransport: Transport = (target, events) => {
  let failure: Error | undefined
  const socket = connect({
    host: target.host,
    port: target.port,
    ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
    noDelay: true,
    onread: {
      buffer: new Uint8Array(READ_BUFFER_BYTES),
      callback: (length, buffer) => events.onBytes(buffer.subarray(0, length)),
    },
  })
  socket.once('connect', () => events.onOpen())
  socket.on('drain', () => events.onDrain())
  socket.once('error', (error) => (failure = error))
  socket.once('close', () => events.onClose(failure))
  return {
    write: (bytes) => socket.write(bytes),
    resume: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  }
}
