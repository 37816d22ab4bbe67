import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import { addressKey, parseAddress } from './address.js'
import type { PeerRecord } from './peer-record.js'

const INDENT = 4

/**
 * The peers of an earlier run, from `peers.<network>.json`; empty where there is no such file.
 * @throws {UsageError} for a file that holds anything else
 */
export async function readPeersFile(path: string, defaultPort: number): Promise<PeerRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}'
    throw error
  })
  const fail = (what: string, cause?: unknown): never => {
    throw new UsageError(`${path} is not a file of peers: ${what}`, { cause })
  }
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch (error) {
    return fail('it is not JSON', error)
  }
  if (!isObject(entries)) return fail('it is not an object')
  return Object.entries(entries).map(([key, value]) => {
    if (!isObject(value)) return fail(`${key} is not an object`)
    return recordOf(key, value, defaultPort, (field) => fail(`${field} of ${key} is not what it should be`))
  })
}

/** Replaces the file as a whole: whoever reads it meanwhile, or after a crash, finds the old or the new one. */
export async function writePeersFile(path: string, records: Iterable<PeerRecord>): Promise<void> {
  const entries = [...records].map((record) => [addressKey(record.address), entryOf(record)] as const)
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(`${JSON.stringify(Object.fromEntries(entries), undefined, INDENT)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function recordOf(
  key: string,
  fields: Fields,
  defaultPort: number,
  fail: (field: string) => never,
): PeerRecord {
  const read = <T>(name: string, isRight: (value: unknown) => value is T): T | undefined => {
    const value = fields[name]
    if (value === undefined) return undefined
    return isRight(value) ? value : fail(name)
  }
  const record: PeerRecord = {
    address: parseAddress(key, defaultPort),
    lastConnected: fields['last_connected'] === null ? null : (read('last_connected', isSeconds) ?? null),
    banned: read('banned', isBoolean) ?? false,
  }
  const bannedUntil = read('banned_until', isSeconds)
  const banReason = read('ban_reason', isString)
  const services = read('services', isDecimal)
  const userAgent = read('user_agent', isString)
  const failures = read('failures', isSeconds)
  if (bannedUntil !== undefined) record.bannedUntil = bannedUntil
  if (banReason !== undefined) record.banReason = banReason
  if (services !== undefined) record.services = BigInt(services)
  if (userAgent !== undefined) record.userAgent = userAgent
  if (failures !== undefined) record.failures = failures
  return record
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isString = (value: unknown): value is string => typeof value === 'string'
const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isDecimal = (value: unknown): value is string => isString(value) && /^\d{1,20}$/.test(value)

/** Fields that are not known are left out; services are decimal text, because they have 64 bits. */
function entryOf(record: PeerRecord): Fields {
  return {
    last_connected: record.lastConnected,
    banned: record.banned,
    banned_until: record.bannedUntil,
    ban_reason: record.banReason,
    services: record.services?.toString(),
    user_agent: record.userAgent,
    failures: record.failures,
  }
}
