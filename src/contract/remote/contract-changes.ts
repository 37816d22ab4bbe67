import { Cron } from 'croner'
import { fail } from '../../api/errors.js'
import { messageOf } from '../../base/errors.js'
import { checkEnvironment, checkLength, checkSecrets } from './environment-names.js'
import { secretPlace } from './contract-environment.js'
import type { ContractRow } from './registry-rows.js'
import type { SecretBox } from './secret-box.js'
import type { ExecutionOrder, RemoteContract, Schedule } from './remote-contract.js'

/** How a contract is worked with. */
export interface ContractSettings {
  readonly executionOrder: ExecutionOrder
  readonly onDead: RemoteContract['onDead']
  readonly confirmations: number
  readonly leaseMs: number
  readonly maxRuntimeMs: number
  readonly maxBacklog: number
  readonly schedule: Schedule | null
}

/** What people may change of a contract: what is not named stays. */
export interface ContractChange {
  readonly settings?: Partial<ContractSettings>
  /** null takes a variable away. */
  readonly env?: Readonly<Record<string, string | null>>
  /** null takes a secret away. */
  readonly secrets?: Readonly<Record<string, string | null>>
}

/** A contract after a change, its secrets sealed. @throws {ApiError} INVALID_PARAMS */
export function changedRow(
  before: ContractRow,
  { settings = {}, env, secrets }: ContractChange,
  box: SecretBox,
): ContractRow {
  const contract = { ...before.contract, ...settings }
  checkSettings(contract)
  if (!env && !secrets) return { ...before, contract }
  const { id } = contract
  const opened = mapped(before.secrets, (sealed, name) => box.open(sealed, secretPlace(id, name)))
  const envAfter = merged(before.env, env)
  const secretsAfter = merged(opened, secrets)
  checkEnvironment(envAfter)
  checkSecrets(secretsAfter)
  checkLength(envAfter, secretsAfter)
  return {
    contract: { ...contract, envVersion: before.contract.envVersion + 1 },
    env: envAfter,
    secrets: mapped(secretsAfter, (text, name) => box.seal(text, secretPlace(id, name))),
  }
}

function mapped<A, B>(
  entries: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value, name)]))
}

/** Texts by name after a change. */
function merged<V>(
  before: Readonly<Record<string, V>>,
  change: Readonly<Record<string, V | null>> = {},
): Readonly<Record<string, V>> {
  const entries = Object.entries({ ...before, ...change })
  return Object.fromEntries(entries.filter((entry): entry is [string, V] => entry[1] !== null))
}

/** @throws {ApiError} INVALID_PARAMS */
function checkSettings({ leaseMs, maxRuntimeMs, schedule }: ContractSettings): void {
  if (maxRuntimeMs < leaseMs)
    fail('INVALID_PARAMS', 'max_runtime_ms is less than lease_ms', { path: '/max_runtime_ms' })
  if (!schedule || !('cron' in schedule)) return
  if (schedule.cron.trim().split(/\s+/).length !== 5)
    fail('INVALID_PARAMS', 'schedule: cron takes five fields, such as "*/5 * * * *"', {
      path: '/schedule/cron',
    })
  try {
    if (new Cron(schedule.cron, { paused: true, timezone: 'UTC' }).nextRun() === null)
      throw new Error('it never comes')
  } catch (error) {
    fail('INVALID_PARAMS', `schedule: cron ${JSON.stringify(schedule.cron)}: ${messageOf(error)}`, {
      path: '/schedule/cron',
    })
  }
}
