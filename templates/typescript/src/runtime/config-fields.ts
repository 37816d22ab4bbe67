type Field =
  | { readonly kind: 'text'; readonly isRequired?: true }
  | { readonly kind: 'boolean'; readonly otherwise: boolean }
  | {
      readonly kind: 'number'
      readonly otherwise: number
      readonly least: number
      readonly most: number
      readonly isWhole?: true
    }

const DAY_SECONDS = 86_400

/** Every field of the configuration, with what it is when nobody says. */
export const FIELDS = {
  server_address: { kind: 'text', isRequired: true },
  chain_id: { kind: 'text', isRequired: true },
  smart_contract_id: { kind: 'text', isRequired: true },
  api_key: { kind: 'text', isRequired: true },
  use_tls: { kind: 'boolean', otherwise: false },
  tls_cert_path: { kind: 'text' },
  num_workers: { kind: 'number', otherwise: 10, least: 1, most: 1024, isWhole: true },
  reconnect_delay_seconds: { kind: 'number', otherwise: 3, least: 0, most: DAY_SECONDS },
  max_backoff_seconds: { kind: 'number', otherwise: 120, least: 0, most: DAY_SECONDS },
  max_reconnect_attempts: { kind: 'number', otherwise: 0, least: 0, most: 1e9, isWhole: true },
  shutdown_grace_seconds: { kind: 'number', otherwise: 30, least: 0, most: DAY_SECONDS },
  process_timeout_seconds: { kind: 'number', otherwise: 60, least: 0, most: DAY_SECONDS },
  instance_id: { kind: 'text' },
  exit_on_auth_error: { kind: 'boolean', otherwise: false },
  log_limit_bytes: { kind: 'number', otherwise: 65_536, least: 256, most: 1_048_576, isWhole: true },
  worker_memory_mb: { kind: 'number', otherwise: 512, least: 32, most: 65_536, isWhole: true },
} as const satisfies Record<string, Field>

export type ConfigField = keyof typeof FIELDS

const YES = ['true', 'yes', 'on', '1']
const NO = ['false', 'no', 'off', '0']

/** They travel as headers: visible ASCII. */
const HEADER = /^[\x21-\x7e]+$/

/** The value a field has; `given` is text, or undefined. @throws {Error} whose text names the field */
export function readValue(key: ConfigField, given: unknown): string | number | boolean | undefined {
  const field: Field = FIELDS[key]
  if (given !== undefined && given !== null && typeof given !== 'string')
    throw new Error(`${key} must be a single value`)
  const text = given?.trim() ?? ''
  const isAbsent = text === '' || text === '~' || text === 'null'
  if (field.kind === 'text') return readText(key, isAbsent ? undefined : text, field.isRequired === true)
  if (isAbsent) return field.otherwise
  if (field.kind === 'number') return readNumber(key, text, field)
  if (YES.includes(text.toLowerCase())) return true
  if (NO.includes(text.toLowerCase())) return false
  throw new Error(`${key} must be true or false`)
}

function readText(key: ConfigField, text: string | undefined, isRequired: boolean): string | undefined {
  if (text === undefined) {
    if (!isRequired) return undefined
    throw new Error(`${key} is missing: set it in the configuration or as REMOTE_SC_${key.toUpperCase()}`)
  }
  if ((isRequired || key === 'instance_id') && !HEADER.test(text))
    throw new Error(`${key} has a character that is not visible ASCII, or a space`)
  return text
}

function readNumber(key: ConfigField, text: string, field: Field & { kind: 'number' }): number {
  const value = Number(text)
  const isFit = value >= field.least && value <= field.most
  if (!isFit || (field.isWhole === true && !Number.isInteger(value)))
    throw new Error(
      `${key} must be a ${field.isWhole === true ? 'whole ' : ''}number from ${field.least} to ${field.most}`,
    )
  return value
}
