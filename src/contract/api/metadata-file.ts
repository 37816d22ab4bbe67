import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { MetadataFile } from './metadata.js'

/** Where authors put their metadata, the first that is there counts. */
const PLACES = [join('META-INF', 'metadata.json'), join('contract-metadata', 'metadata.json')]

const text = { type: 'string' }
const schema = { type: 'object' }

const info = {
  type: 'object',
  required: ['version', 'title'],
  properties: { title: text, version: text, description: text, termsOfService: text },
}

const transaction = {
  type: 'object',
  required: ['name'],
  properties: {
    name: text,
    tag: { type: 'array', items: text },
    tags: { type: 'array', items: text },
    parameters: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'schema'],
        properties: { name: text, description: text, required: { type: 'boolean' }, schema },
        additionalProperties: false,
      },
    },
    returns: schema,
  },
}

const METADATA = {
  type: 'object',
  properties: {
    info,
    contracts: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['name', 'transactions'],
        properties: { name: text, info, transactions: { type: 'array', items: transaction } },
      },
    },
    components: {
      type: 'object',
      properties: {
        schemas: {
          type: 'object',
          additionalProperties: { type: 'object', required: ['$id'], properties: { $id: text } },
        },
      },
    },
  },
}

/** The metadata an author wrote for the package in this folder; {} where there are none. @throws {Error} for a file that is no metadata */
export async function readMetadataFile(folder: string): Promise<MetadataFile> {
  for (const place of PLACES) {
    const content = await contentOf(join(folder, place))
    if (content !== undefined) return checked(JSON.parse(content), place)
  }
  return {}
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function checked(metadata: unknown, place: string): MetadataFile {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(METADATA)
  if (validate(metadata)) return metadata as MetadataFile
  const errors = JSON.stringify(validate.errors)
  throw new Error(`Contract metadata does not match the schema: ${errors} (${place})`)
}
