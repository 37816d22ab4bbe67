import protobuf from 'protobufjs/light.js'

/** Translates messages of one type. */
export interface Codec<T> {
  /** What is left out is not sent: it has the default value of its type. */
  encode(message: Partial<T>): Uint8Array
  /** Whatever was not sent has the default value: empty bytes, '', 0, false, [], {}, and null for a message. @throws {WireError} */
  decode(bytes: Uint8Array): T
}

/** Bytes that are no message of the type they should be. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

// 64-bit numbers are heights, seconds and epochs here: they fit.
protobuf.util.Long = undefined as never
protobuf.configure()

const NO_BYTES = Buffer.alloc(0)

/** Codecs of the messages that a descriptor (JSON text, as protobufjs prints it) describes, each made when it is first used. */
export function codecs(descriptor: string): <T>(path: string) => Codec<T> {
  let root: protobuf.Root | undefined
  return <T>(path: string): Codec<T> => {
    let type: protobuf.Type | undefined
    const typeOf = (): protobuf.Type => {
      if (type) return type
      root ??= protobuf.Root.fromJSON(JSON.parse(descriptor) as protobuf.INamespace)
      type = root.lookupType(path)
      for (const found of withParts(type)) prepare(found)
      return type
    }
    return {
      encode: (message) => typeOf().encode(message).finish(),
      decode: (bytes) => {
        try {
          return typeOf().decode(bytes) as T
        } catch (error) {
          throw new WireError(`no ${path}: ${error instanceof Error ? error.message : String(error)}`)
        }
      },
    }
  }
}

/** A message type and all that stand in it. */
function withParts(type: protobuf.Type, found = new Set<protobuf.Type>()): Set<protobuf.Type> {
  if (found.has(type)) return found
  found.add(type)
  for (const field of type.fieldsArray) {
    field.resolve()
    if (field.resolvedType instanceof protobuf.Type) withParts(field.resolvedType, found)
  }
  return found
}

/** Bytes that were not sent are empty bytes, not the empty list that protobufjs has for them. */
function prepare({ ctor, fieldsArray }: protobuf.Type): void {
  for (const { type, name, repeated } of fieldsArray) {
    if (type === 'bytes' && !repeated) (ctor.prototype as Record<string, unknown>)[name] = NO_BYTES
  }
}
