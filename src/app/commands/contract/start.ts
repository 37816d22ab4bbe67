import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { channelOptions, flagOrVariable, required, withGrpcFlags } from './grpc-flags.js'
import { fabricUsage } from './usage.js'
import { clientTls, isTlsEnabled } from './tls-files.js'

const text = { type: 'string', requiresArg: true } as const

/** Runs the contracts of a package for a peer that it dials. */
export const start: Command = {
  name: 'start',
  describe: 'run the contracts of a package for a node',
  run: (args) => startContract(args, 'terrarium contract start'),
}

/** Until the peer ends the stream: then the exit status is 1, so that whoever launched the process launches it again. */
export async function startContract(args: readonly string[], name: string): Promise<void> {
  const flags = await fabricUsage(parse(startParser(name), args))
  const address = required(flags, 'peer.address')
  const id = required(flags, 'chaincode-id-name')
  // Loaded now: --help answers at once.
  const { readPeerAddress } = await import('../../../contract/shim/peer-address.js')
  const { host, isTls } = readPeerAddress(address, isTlsEnabled())
  const tls = isTls ? await clientTls(flagOrVariable(flags, 'ssl-target-name-override')) : undefined
  const { loadRouter, surviveForgottenPromises } = await import('./load-router.js')
  const { dialPeer } = await import('../../../contract/shim/dial.js')
  const router = await loadRouter(flagOrVariable(flags, 'module-path') ?? process.cwd())
  surviveForgottenPromises()
  const onReady = (): void => void process.stderr.write(`${name}: ${id} is ready for the peer at ${host}\n`)
  const stream = dialPeer(router, { host, id, tls, channel: channelOptions(flags), onReady })
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stream.close())
  const reason = await stream.ended
  if (reason !== undefined) throw new Error(`the stream to the peer at ${host} is over: ${reason}`)
}

function startParser(name: string): ReturnType<typeof commandLine> {
  return withGrpcFlags(
    commandLine(name, '--peer.address host:port --chaincode-id-name id', start.describe)
      .option('peer.address', { ...text, describe: 'of the node, as host:port' })
      .option('chaincode-id-name', { ...text, describe: 'what the contract registers as: name:version' })
      .option('module-path', { ...text, describe: 'folder of the package [this one]' })
      .option('ssl-target-name-override', { ...text, describe: "the name in the node's certificate" }),
  )
}
