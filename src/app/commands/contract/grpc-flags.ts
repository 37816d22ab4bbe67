import type { ChannelOptions } from '@grpc/grpc-js'
import type { Argv } from 'yargs'

/** Options of gRPC that may be given, with the defaults contracts of Fabric have: messages of any size, a ping every 110 s. */
const GRPC_DEFAULTS = {
  'grpc.max_send_message_length': -1,
  'grpc.max_receive_message_length': -1,
  'grpc.keepalive_time_ms': 110_000,
  'grpc.http2.min_time_between_pings_ms': 110_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.http2.max_pings_without_data': 0,
  'grpc.keepalive_permit_without_calls': 1,
} as const

type Flags = Readonly<Record<string, string | undefined>>

export function withGrpcFlags(parser: Argv): Argv {
  for (const [name, value] of Object.entries(GRPC_DEFAULTS)) {
    parser.option(name, { type: 'string', requiresArg: true, describe: `an option of gRPC [${value}]` })
  }
  return parser
}

/** @throws {Error} for what is no number */
export function channelOptions(flags: Flags): ChannelOptions {
  return Object.fromEntries(
    Object.entries(GRPC_DEFAULTS).map(([name, value]) => {
      const given = flagOrVariable(flags, name)
      const number = given === undefined ? value : Number(given)
      if (!Number.isSafeInteger(number)) throw new Error(`--${name} ${given ?? ''} is no number`)
      return [name, number]
    }),
  )
}

/** Every flag may be given as a variable: `--chaincode-id` as CORE_CHAINCODE_ID. */
export function flagOrVariable(flags: Flags, name: string): string | undefined {
  return flags[name] ?? process.env[`CORE_${name.toUpperCase().replaceAll(/[-.]/g, '_')}`]
}

/** @throws {Error} where it is not given */
export function required(flags: Flags, name: string): string {
  const value = flagOrVariable(flags, name)
  if (value === undefined) throw new Error(`Missing required argument: ${name}`)
  return value
}
