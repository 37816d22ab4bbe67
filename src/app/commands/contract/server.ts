import { once } from 'node:events'
import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { channelOptions, flagOrVariable, required, withGrpcFlags } from './grpc-flags.js'
import { SERVER_TLS_FLAGS, serverTls } from './tls-files.js'
import { fabricUsage } from './usage.js'

const NAME = 'terrarium contract server'
const text = { type: 'string', requiresArg: true } as const

/** Serves the contracts of a package to peers that connect. */
export const server: Command = {
  name: 'server',
  describe: 'serve the contracts of a package to nodes that connect',
  async run(args) {
    const flags = await fabricUsage(parse(serverParser(), args))
    const address = required(flags, 'chaincode-address')
    const id = required(flags, 'chaincode-id')
    const tls = await serverTls(flags)
    // Of an address that is taken it would write a line of its own; the error that it throws says as much.
    process.env['GRPC_VERBOSITY'] ??= 'NONE'
    const { loadRouter, surviveForgottenPromises } = await import('./load-router.js')
    const { serveContract } = await import('../../../contract/shim/serve.js')
    const router = await loadRouter(flagOrVariable(flags, 'module-path') ?? process.cwd())
    surviveForgottenPromises()
    const served = await serveContract(router, { address, id, tls, channel: channelOptions(flags) })
    process.stderr.write(`${NAME}: ${id} waits for nodes on port ${served.port}\n`)
    await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)))
    served.close()
  },
}

function serverParser(): ReturnType<typeof commandLine> {
  const parser = commandLine(NAME, '--chaincode-address host:port --chaincode-id id', server.describe)
    .option('chaincode-address', { ...text, describe: 'where to listen, as host:port' })
    .option('chaincode-id', { ...text, describe: 'what the contract registers as' })
    .option('module-path', { ...text, describe: 'folder of the package [this one]' })
  for (const [flag, describe] of SERVER_TLS_FLAGS) parser.option(flag, { ...text, describe })
  return withGrpcFlags(parser)
}
