import type { Scope } from '../../api/method.js'
import type { Json } from '../../base/json.js'
import { busError } from '../bus-error.js'
import type { MethodInfo, ParameterInfo } from '../host/offered-method.js'
import { isList, isObject, type JsonObject, readInteger, readText } from '../wire/read-scalar.js'

/** What a module tells the manager about itself. */
export interface Registration {
  readonly abbreviation: string
  readonly name: string
  readonly domain: string
  readonly version: string
  /** Versions of each role it plays. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** Least version of each role it needs. */
  readonly dependencies: Readonly<Record<string, string>>
  /** Where it listens itself. */
  readonly ip: string
  readonly port: string
  readonly methods: readonly MethodInfo[]
}

const MAX_METHODS = 1_000
const MAX_TEXT_LENGTH = 4_096

/** Reads the parameters of RegisterAPI under any of the names that they have had. @throws {BusError} naming the fault */
export function readRegistration(params: JsonObject): Registration {
  const place = isObject(params['ConnectionInformation']) ? params['ConnectionInformation'] : params
  const name = textOf(params, 'ModuleName', 'ServiceName')
  const methods = params['Methods']
  if (!isList(methods) || methods.length > MAX_METHODS)
    throw busError('BAD_MESSAGE', `Methods is no list of at most ${MAX_METHODS} methods`)
  return {
    abbreviation: textOf(params, 'Abbreviation', 'ModuleAbbreviation') || name,
    name: name || textOf(params, 'Abbreviation', 'ModuleAbbreviation'),
    domain: textOf(params, 'ModuleDomain', 'ServiceDomain'),
    version: textOf(params, 'ModuleVersion', 'ServiceVersion'),
    roles: readRoles(params),
    dependencies: readDependencies(params['Dependencies'] ?? params['RoleDependencies']),
    ip: textOf(place, 'IP', 'ServiceIP'),
    port: textOf(place, 'Port', 'ServicePort'),
    methods: methods.map(readMethodInfo),
  }
}

function textOf(map: JsonObject, ...names: readonly string[]): string {
  for (const name of names) {
    const text = readText(map[name])
    if (text === undefined) continue
    if (text.length > MAX_TEXT_LENGTH) throw busError('BAD_MESSAGE', `${name} is too long`)
    return text
  }
  return ''
}

function readRoles(params: JsonObject): Registration['roles'] {
  const roles = params['ModuleRoles'] ?? params['ServiceRole']
  const version = textOf(params, 'ServiceAPIVersion', 'ModuleVersion', 'ServiceVersion')
  if (typeof roles === 'string') return { [roles]: [version] }
  if (!isObject(roles)) return {}
  const pairs = Object.entries(roles).map(([role, versions]) => {
    const list = isList(versions) ? versions : [versions]
    return [role, list.map((one) => readText(one) ?? '')] as const
  })
  return Object.fromEntries(pairs)
}

function readDependencies(value: Json | undefined): Registration['dependencies'] {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([role, version]) => [role, readText(version) ?? '']))
}

function readMethodInfo(value: Json): MethodInfo {
  if (!isObject(value)) throw busError('BAD_MESSAGE', 'Methods holds something that is no method')
  const name = textOf(value, 'MethodName')
  if (name === '') throw busError('BAD_MESSAGE', 'Methods holds a method without MethodName')
  const parameters = value['Parameters']
  return {
    name,
    description: textOf(value, 'MethodDescription'),
    minEvent: Math.max(0, readInteger(value['MethodMinEvent'], 0) ?? 0),
    minPeriod: Math.max(0, readInteger(value['MethodMinPeriod'], 0) ?? 0),
    scope: scopeOf(textOf(value, 'MethodScope')),
    parameters: isList(parameters) ? parameters.filter(isObject).map(readParameter) : [],
  }
}

/** What is not known to be for everybody is not. */
function scopeOf(text: string): Scope {
  const scope = text.toLowerCase()
  return scope === 'public' || scope === 'admin' ? scope : 'private'
}

/** A range or a pattern is what makes a parameter mandatory: the protocol has no other sign for it. */
function readParameter(value: JsonObject): ParameterInfo {
  const pattern = textOf(value, 'ParameterValidRegExp', 'ParameterRegularExpValidator')
  const range = textOf(value, 'ParameterValidRange') || rangeOfBounds(value)
  return {
    name: textOf(value, 'ParameterName'),
    type: textOf(value, 'ParameterType'),
    range,
    pattern,
    isRequired: range !== '' || pattern !== '',
  }
}

/** The older form: bounds without brackets, and two flags. */
function rangeOfBounds(value: JsonObject): string {
  const bounds = textOf(value, 'ParameterRange')
  if (bounds === '') return ''
  const isIncluded = (flag: string): boolean => (readInteger(value[flag], 1) ?? 1) !== 0
  const open = isIncluded('ParameterRangeMinIncluded') ? '[' : '('
  return `${open}${bounds}${isIncluded('ParameterRangeMaxIncluded') ? ']' : ')'}`
}

/** A method as the listings and registrations of the protocol show it. */
export function methodRecord(info: MethodInfo): JsonObject {
  return {
    MethodName: info.name,
    MethodDescription: info.description,
    MethodMinEvent: String(info.minEvent),
    MethodMinPeriod: String(info.minPeriod),
    MethodScope: info.scope,
    Parameters: info.parameters.map(({ name, type, range, pattern }) => ({
      ParameterName: name,
      ParameterType: type,
      ParameterValidRange: range,
      ParameterValidRegExp: pattern,
    })),
  }
}

/** The parameters of RegisterAPI. */
export function registrationParams(registration: Registration): JsonObject {
  return {
    Abbreviation: registration.abbreviation,
    ModuleName: registration.name,
    ModuleDomain: registration.domain,
    ModuleVersion: registration.version,
    ModuleRoles: registration.roles,
    Dependencies: registration.dependencies,
    ConnectionInformation: { IP: registration.ip, Port: registration.port },
    Methods: registration.methods.map(methodRecord),
  }
}
