import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { hasCode } from '../../store/error-code.js'

/** TCP ports of `ip` that nobody holds now and that are not among `reserved`. All are held at once, so none comes twice. */
export async function freePorts(count: number, ip: string, reserved: ReadonlySet<number>): Promise<number[]> {
  const servers: Server[] = []
  const ports: number[] = []
  try {
    while (ports.length < count) {
      const server = createServer().listen(0, ip)
      servers.push(server)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      if (!reserved.has(port)) ports.push(port)
    }
    return ports
  } finally {
    await Promise.all(servers.map(close))
  }
}

/** The first of the ports of `ip` that somebody holds. */
export async function takenPort(ports: readonly number[], ip: string): Promise<number | undefined> {
  for (const port of ports) {
    const server = createServer()
    try {
      await once(server.listen(port, ip), 'listening')
      await close(server)
    } catch (error) {
      if (hasCode(error, 'EADDRINUSE')) return port
    }
  }
  return undefined
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
