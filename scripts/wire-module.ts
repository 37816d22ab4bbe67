import protobuf from 'protobufjs'

const SCALARS: Readonly<Record<string, string>> = {
  bytes: 'Uint8Array',
  string: 'string',
  bool: 'boolean',
  int32: 'number',
  uint32: 'number',
  int64: 'number',
  uint64: 'number',
  double: 'number',
}

/** A TypeScript module with types and codecs of all messages of a .proto file that has one package. */
export function wireModule(source: string, path: string): string {
  const { root, package: name = '' } = protobuf.parse(source)
  root.resolveAll()
  const space = root.lookup(name) as protobuf.Namespace
  const parts = space.nestedArray.flatMap((each) => declarations(each, each.name))
  const descriptor = JSON.stringify(space.toJSON())
  return [
    `/** Generated from ${path}: change that, then run npm run generate. */`,
    `import { codecs } from './codec.js'`,
    '',
    `const codec = codecs(${JSON.stringify(descriptor)})`,
    '',
    ...parts,
  ].join('\n')
}

/** Nested ones are called by both names: ChaincodeMessageType. */
function declarations(each: protobuf.ReflectionObject, name: string): string[] {
  if (each instanceof protobuf.Enum) return [enumeration(each, name)]
  if (!(each instanceof protobuf.Type)) return []
  const nested = each.nestedArray.flatMap((inner) => declarations(inner, `${name}${inner.name}`))
  return [...nested, message(each, name)]
}

function enumeration(each: protobuf.Enum, name: string): string {
  const rows = Object.entries(each.values).map(([key, value]) => `  ${key}: ${value},`)
  return `export const ${name} = {\n${rows.join('\n')}\n} as const\n`
}

function message(type: protobuf.Type, name: string): string {
  const rows = type.fieldsArray.map((field) => `  readonly ${field.name}: ${typeOf(field)}`)
  const path = pathOf(type).join('.')
  return [
    comment(type),
    rows.length === 0 ? `export type ${name} = object` : `export interface ${name} {\n${rows.join('\n')}\n}`,
    `export const ${name} = codec<${name}>(${JSON.stringify(path)})\n`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function comment({ comment: text }: protobuf.Type): string {
  return text ? `/** ${text} */` : ''
}

function typeOf(field: protobuf.Field): string {
  const item = field.resolvedType ? nameOf(field.resolvedType) : SCALARS[field.type]
  if (item === undefined) throw new Error(`${field.fullName}: no TypeScript type for ${field.type}`)
  if (field.map) return `Readonly<Record<string, ${item}>>`
  if (field.repeated) return `readonly ${item}[]`
  // A member of a oneof is absent unless it was sent.
  if (field.partOf) return `${item} | null | undefined`
  return field.resolvedType instanceof protobuf.Type ? `${item} | null` : item
}

function nameOf(type: protobuf.Type | protobuf.Enum): string {
  return type instanceof protobuf.Enum ? 'number' : pathOf(type).join('')
}

/** Names from the outermost message on, without the package: that is the namespace above. */
function pathOf(type: protobuf.ReflectionObject): string[] {
  const { name, parent } = type
  return parent instanceof protobuf.Type ? [...pathOf(parent), name] : [name]
}
