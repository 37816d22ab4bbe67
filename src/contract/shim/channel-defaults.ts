import type { ChannelOptions } from '@grpc/grpc-js'

/** Messages as large as those of Fabric's peers; the defaults of gRPC end at 4 MiB. */
export const CHANNEL_DEFAULTS: ChannelOptions = {
  'grpc.max_receive_message_length': 100 * 1024 * 1024,
  'grpc.max_send_message_length': 100 * 1024 * 1024,
}
