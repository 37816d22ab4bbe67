import { fail } from '../../api/errors.js'

const ENV_PREFIX = 'SC_ENV_'
const SECRET_PREFIX = 'SC_SECRET_'
const ENV_NAME = /^[a-zA-Z][a-zA-Z0-9._-]{1,127}$/
const SECRET_NAME = /^[a-z][a-z0-9-]{0,16}$/

/** The contract's own API key goes by these names. */
const RESERVED: ReadonlySet<string> = new Set(['secret-key', 'auth-key-id'])

/** Most variables and most secrets of a contract. */
const MAX_NAMES = 100
/** Of all names and values together, in UTF-16 units: they travel in one message. */
const MAX_LENGTH = 262_144

type Texts = Readonly<Record<string, string>>

/** `greeting.text` as code sees it: `SC_ENV_GREETING_TEXT`. */
export function environmentName(name: string): string {
  return ENV_PREFIX + plain(name)
}

/** `my-secret` as code sees it: `SC_SECRET_MY_SECRET`. */
export function secretName(name: string): string {
  return SECRET_PREFIX + plain(name)
}

/** What any program can have as a name of a variable. */
function plain(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')
}

/** @throws {ApiError} INVALID_PARAMS: a name that is not to be had, or two that code could not tell apart */
export function checkEnvironment(env: Texts): void {
  for (const name of Object.keys(env)) {
    if (name.toUpperCase().startsWith(ENV_PREFIX))
      refuse(`/env/${name}`, `env: give ${name} without ${ENV_PREFIX}, which is put before it`)
    if (!ENV_NAME.test(name))
      refuse(
        `/env/${name}`,
        `env: a name is a letter and then letters, digits, . _ and -, not ${JSON.stringify(name)}`,
      )
  }
  checkTogether('env', env, environmentName)
}

/** @throws {ApiError} INVALID_PARAMS, without any value */
export function checkSecrets(secrets: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(secrets)) {
    if (RESERVED.has(name)) refuse(`/secrets/${name}`, `secrets: ${name} is a name of the contract's own key`)
    if (!SECRET_NAME.test(name))
      refuse(
        `/secrets/${name}`,
        `secrets: a name is a lower-case letter and then up to 16 of them, digits and -, not ${JSON.stringify(name)}`,
      )
  }
  checkTogether('secrets', secrets, secretName)
}

/** @throws {ApiError} INVALID_PARAMS */
export function checkLength(env: Texts, secrets: Texts): void {
  const all = [...Object.entries(env), ...Object.entries(secrets)]
  const length = all.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (length > MAX_LENGTH)
    refuse('/env', `env and secrets together are ${length} characters, more than ${MAX_LENGTH}`)
}

function checkTogether(
  kind: 'env' | 'secrets',
  given: Readonly<Record<string, unknown>>,
  nameOf: (name: string) => string,
): void {
  const names = Object.keys(given)
  if (names.length > MAX_NAMES) refuse(`/${kind}`, `${kind}: ${names.length} names, more than ${MAX_NAMES}`)
  const seen = new Map<string, string>()
  for (const name of names) {
    const [seenAs, other] = [nameOf(name), seen.get(nameOf(name))]
    if (other !== undefined)
      refuse(`/${kind}/${name}`, `${kind}: ${other} and ${name} would both be ${seenAs}`)
    seen.set(seenAs, name)
  }
}

function refuse(path: string, message: string): never {
  return fail('INVALID_PARAMS', message, { path })
}
