import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const PROTO = fileURLToPath(new URL('../../../proto/remote_sc.proto', import.meta.url))
const root = new protobuf.Root().loadSync(PROTO, { keepCase: true })

/** A message of the file in proto/. */
export function messageType(name: string): protobuf.Type {
  return root.lookupType(`remote_sc.v1.${name}`)
}

/** Writes messages of the name. Nothing is checked or converted on the way: enums are numbers, what is left out stays out. */
export function encoderOf<T extends object>(name: string): (message: T) => Buffer {
  const type = messageType(name)
  return (message) => type.encode(message).finish() as Buffer
}

/** Reads messages of the name. @throws {Error} the bytes are none */
export function decoderOf<T>(name: string): (bytes: Buffer) => T {
  const type = messageType(name)
  return (bytes) => type.decode(bytes) as T
}
