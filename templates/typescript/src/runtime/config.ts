import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { type ConfigField, FIELDS, readValue } from './config-fields.js'

export interface Config {
  readonly serverAddress: string
  readonly chainId: string
  readonly smartContractId: string
  readonly apiKey: string
  readonly useTls: boolean
  readonly tlsCertPath: string | undefined
  readonly numWorkers: number
  readonly reconnectDelayMs: number
  readonly maxBackoffMs: number
  /** 0: no end. */
  readonly maxReconnectAttempts: number
  readonly shutdownGraceMs: number
  /** 0: no end. */
  readonly processTimeoutMs: number
  readonly instanceId: string
  readonly exitOnAuthError: boolean
  readonly logLimitBytes: number
  readonly workerMemoryMb: number
}

/** The configuration cannot be used; the text names the field and says what to do. */
export class ConfigError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>
type Values = Record<ConfigField, string | number | boolean | undefined>

/** Reads the file at the path. @throws {ConfigError} */
export function loadConfig(path: string, environment: Environment, warn: (text: string) => void): Config {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`the configuration ${path} cannot be read: ${(error as Error).message}`)
  }
  return parseConfig(text, environment, warn)
}

/** @throws {ConfigError} */
export function parseConfig(text: string, environment: Environment, warn: (text: string) => void): Config {
  const given = readYaml(text)
  for (const key of Object.keys(given))
    if (!Object.hasOwn(FIELDS, key)) warn(`the configuration has an unknown field: ${key}`)
  const values = {} as Values
  for (const key of Object.keys(FIELDS) as ConfigField[]) {
    const override = environment[`REMOTE_SC_${key.toUpperCase()}`] ?? ''
    try {
      values[key] = readValue(key, override === '' ? given[key] : override)
    } catch (error) {
      throw new ConfigError((error as Error).message)
    }
  }
  return configOf(values)
}

/** All scalars as text: an id such as 0123 or 1e5 must not become a number. */
function readYaml(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parse(text, { schema: 'failsafe' })
  } catch (error) {
    throw new ConfigError(`the configuration is not YAML: ${(error as Error).message}`)
  }
  if (value === null || value === undefined || value === '') return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new ConfigError('the configuration is not a list of fields')
  return value as Record<string, unknown>
}

function configOf(values: Values): Config {
  return {
    serverAddress: values.server_address as string,
    chainId: values.chain_id as string,
    smartContractId: values.smart_contract_id as string,
    apiKey: values.api_key as string,
    useTls: values.use_tls as boolean,
    tlsCertPath: values.tls_cert_path as string | undefined,
    numWorkers: values.num_workers as number,
    reconnectDelayMs: (values.reconnect_delay_seconds as number) * 1000,
    maxBackoffMs: (values.max_backoff_seconds as number) * 1000,
    maxReconnectAttempts: values.max_reconnect_attempts as number,
    shutdownGraceMs: (values.shutdown_grace_seconds as number) * 1000,
    processTimeoutMs: (values.process_timeout_seconds as number) * 1000,
    instanceId: (values.instance_id as string | undefined) ?? randomUUID(),
    exitOnAuthError: values.exit_on_auth_error as boolean,
    logLimitBytes: values.log_limit_bytes as number,
    workerMemoryMb: values.worker_memory_mb as number,
  }
}
