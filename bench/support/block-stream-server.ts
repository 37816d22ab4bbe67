/** Sends a block, made as it goes, to whoever connects. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { blockSource, slicesOf } from './block-source.js'
import { inputOfChild, serveParent } from './child.js'

const { length, txBytes } = inputOfChild() as { length: number; txBytes: number }
const source = blockSource(length, txBytes)

async function send(socket: Socket): Promise<void> {
  for (const slice of slicesOf(source)) if (!socket.write(slice.slice())) await once(socket, 'drain')
  socket.end()
}

const server = createServer((socket) => {
  send(socket).catch(() => socket.destroy())
}).listen(0, '127.0.0.1')
await once(server, 'listening')
serveParent(String((server.address() as AddressInfo).port), async () => {
  server.close()
  await once(server, 'close')
})
