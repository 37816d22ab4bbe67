import { canonicalJson } from '../../base/canonical-json.js'
import { type Json, jsonIn } from '../../base/json.js'
import { decodeAddress } from '../decode-address.js'
import { ensure, hexOf, integerOf, listOf, MAX_U32, membersOf, textOf } from '../shape.js'
import { utf8Length } from '../text.js'
import type { WorldView } from '../world-state.js'
import { implicitOrganisation, isCollectionName, isContractName, LIFECYCLE } from './namespaces.js'
import { decodePolicy, encodePolicy, isMspId, type Policy } from './policy.js'

/** Who runs a contract: an organisation and the nodes that endorse calls for it. */
export interface Organisation {
  readonly mspId: string
  /** Ed25519 public keys of nodes, 64 hex digits each. */
  readonly endorsers: readonly string[]
  /** PEM: certificates of its clients go back to one of them. */
  readonly rootCertificates: readonly string[]
}

/** Private data of some of the organisations; the chain holds hashes. */
export interface Collection {
  readonly name: string
  /** Whose nodes hold the values. */
  readonly memberPolicy: Policy
  readonly memberOnlyRead: boolean
  readonly memberOnlyWrite: boolean
  /** Blocks after which a value is forgotten; 0: never. */
  readonly blockToLive: number
  /** For writes to the collection, instead of the contract's. */
  readonly endorsementPolicy?: Policy
}

/** What a name stands for: a contract, who runs it, and who has to vouch for its calls. */
export interface ContractDefinition {
  readonly name: string
  /** What its process calls itself, such as `basic:1.0`. */
  readonly id: string
  readonly version: string
  /** 1 for the first definition of a name, one more with each. */
  readonly sequence: number
  readonly initRequired: boolean
  readonly organisations: readonly Organisation[]
  readonly endorsementPolicy: Policy
  readonly collections: readonly Collection[]
  /** Address that may change the definition. */
  readonly owner: string
}

/** The largest definition, in bytes of its canonical JSON. */
const MAX_DEFINITION_BYTES = 32_768
const MAX_ORGANISATIONS = 64
const MAX_KEYS = 64
const MAX_COLLECTIONS = 64

const PREFIX = 'definitions/'
/** First text after all that start with the prefix. */
const AFTER_PREFIX = 'definitions0'

/** The key of a contract's definition in the namespace `_lifecycle`. */
export function definitionKey(name: string): string {
  return PREFIX + name
}

/** The definition as it stands in the world state. */
export function definitionText(definition: ContractDefinition): string {
  return canonicalJson(encodeDefinition(definition))
}

/** Reads a definition as it stands in the world state. @throws {RuleError} */
export function readDefinitionText(text: string): ContractDefinition {
  ensure(
    text.length <= MAX_DEFINITION_BYTES && utf8Length(text) <= MAX_DEFINITION_BYTES,
    'CON-9',
    `a definition takes more than ${MAX_DEFINITION_BYTES} bytes`,
  )
  const json = jsonIn(text)
  ensure(json !== undefined, 'CON-9', 'a definition is no JSON')
  const definition = decodeDefinition(json)
  ensure(canonicalJson(json) === text, 'CON-9', 'a definition is no canonical JSON')
  return definition
}

/** The definition that `world` holds of a contract. */
export function readDefinition(world: WorldView, name: string): ContractDefinition | undefined {
  const value = world.worldValue(LIFECYCLE, definitionKey(name))?.value
  return value && 'text' in value ? readDefinitionText(value.text) : undefined
}

/** All contracts that are deployed, by name. `read` may remember what it has read before. */
export function* listDefinitions(
  world: WorldView,
  read: (text: string) => ContractDefinition = readDefinitionText,
): Generator<ContractDefinition> {
  for (const { value } of world.worldRange(LIFECYCLE, PREFIX, AFTER_PREFIX)) {
    if ('text' in value) yield read(value.text)
  }
}

export function encodeDefinition(definition: ContractDefinition): Json {
  return {
    name: definition.name,
    id: definition.id,
    version: definition.version,
    sequence: definition.sequence,
    init_required: definition.initRequired,
    organisations: definition.organisations.map((each) => ({
      msp_id: each.mspId,
      endorsers: each.endorsers,
      root_certificates: each.rootCertificates,
    })),
    endorsement_policy: encodePolicy(definition.endorsementPolicy),
    collections: definition.collections.map(encodeCollection),
    owner: definition.owner,
  }
}

function encodeCollection(collection: Collection): Json {
  const { endorsementPolicy } = collection
  return {
    name: collection.name,
    member_policy: encodePolicy(collection.memberPolicy),
    member_only_read: collection.memberOnlyRead,
    member_only_write: collection.memberOnlyWrite,
    block_to_live: collection.blockToLive,
    ...(endorsementPolicy ? { endorsement_policy: encodePolicy(endorsementPolicy) } : {}),
  }
}

const MEMBERS = [
  'name',
  'id',
  'version',
  'sequence',
  'init_required',
  'organisations',
  'endorsement_policy',
  'collections',
  'owner',
] as const

/** @throws {RuleError} */
export function decodeDefinition(json: Json): ContractDefinition {
  const found = membersOf(json, 'CON-3', 'definition', MEMBERS)
  ensure(typeof found.name === 'string' && isContractName(found.name), 'CON-1', 'name is none of a contract')
  return {
    name: found.name,
    id: textOf(found.id, 'CON-4', 'id', 1, 256),
    version: textOf(found.version, 'CON-4', 'version', 1, 64),
    sequence: integerOf(found.sequence, 'CON-4', 'sequence', 1, MAX_U32),
    initRequired: booleanOf(found.init_required, 'CON-4', 'init_required'),
    organisations: decodeOrganisations(found.organisations),
    endorsementPolicy: decodePolicy(found.endorsement_policy),
    collections: decodeCollections(found.collections),
    owner: decodeAddress(found.owner, 'owner'),
  }
}

function decodeOrganisations(json: Json): readonly Organisation[] {
  const organisations = listOf(json, 'CON-5', 'organisations', decodeOrganisation)
  requireFew(organisations, MAX_ORGANISATIONS, 'CON-5', 'organisations')
  requireDifferent(
    organisations.map(({ mspId }) => mspId),
    'CON-5',
    'organisations',
  )
  return organisations
}

function decodeOrganisation(json: Json): Organisation {
  const names = ['msp_id', 'endorsers', 'root_certificates'] as const
  const { msp_id, endorsers, root_certificates } = membersOf(json, 'CON-5', 'organisation', names)
  ensure(isMspId(msp_id), 'CON-5', 'msp_id is no name of an organisation')
  const keys = listOf(endorsers, 'CON-5', 'endorsers', (key) => hexOf(key, 'CON-5', 'endorser', 64))
  requireFew(keys, MAX_KEYS, 'CON-5', 'endorsers')
  requireDifferent(keys, 'CON-5', 'endorsers')
  const certificates = listOf(root_certificates, 'CON-5', 'root_certificates', (certificate) =>
    textOf(certificate, 'CON-5', 'root certificate', 1, 8192),
  )
  requireFew(certificates, MAX_KEYS, 'CON-5', 'root_certificates')
  return { mspId: msp_id, endorsers: keys, rootCertificates: certificates }
}

function decodeCollections(json: Json): readonly Collection[] {
  const collections = listOf(json, 'CON-7', 'collections', decodeCollection)
  requireFew(collections, MAX_COLLECTIONS, 'CON-7', 'collections')
  requireDifferent(
    collections.map(({ name }) => name),
    'CON-7',
    'collections',
  )
  return collections
}

const COLLECTION_MEMBERS = [
  'name',
  'member_policy',
  'member_only_read',
  'member_only_write',
  'block_to_live',
] as const

function decodeCollection(json: Json): Collection {
  const found = membersOf(json, 'CON-7', 'collection', COLLECTION_MEMBERS, ['endorsement_policy'])
  const { name, endorsement_policy } = found
  ensure(typeof name === 'string' && isCollectionName(name), 'CON-1', 'name is none of a collection')
  ensure(implicitOrganisation(name) === undefined, 'CON-8', 'name is that of an implicit collection')
  return {
    name,
    memberPolicy: decodePolicy(found.member_policy),
    memberOnlyRead: booleanOf(found.member_only_read, 'CON-7', 'member_only_read'),
    memberOnlyWrite: booleanOf(found.member_only_write, 'CON-7', 'member_only_write'),
    blockToLive: integerOf(found.block_to_live, 'CON-7', 'block_to_live', 0, MAX_U32),
    ...(endorsement_policy === undefined ? {} : { endorsementPolicy: decodePolicy(endorsement_policy) }),
  }
}

function booleanOf(json: Json, rule: string, what: string): boolean {
  ensure(typeof json === 'boolean', rule, `${what} is neither true nor false`)
  return json
}

function requireFew(items: readonly unknown[], most: number, rule: string, what: string): void {
  ensure(items.length <= most, rule, `more than ${most} ${what}`)
}

function requireDifferent(names: readonly string[], rule: string, what: string): void {
  ensure(new Set(names).size === names.length, rule, `one of the ${what} stands twice`)
}
