import type { Schedule, RemoteContract } from './remote-contract.js'
import type {
  BacklogJson,
  ContractSettingsJson,
  InvocationJson,
  InvocationSummary,
  KeyJson,
  LogLineJson,
  NewKey,
  RemoteContractJson,
  StreamJson,
} from '../../api/schemas/remote.js'
import { jsonIn } from '../../base/json.js'
import type { ApiKey } from './api-key.js'
import type { ContractSettings } from './contract-changes.js'
import type { BacklogReport, InvocationReport, LogLine } from './prime-reports.js'
import type { KeyRow } from './registry-rows.js'
import type { SessionReport } from './sessions.js'

/** What remote contracts look like on the wire. */
export function contractJson(contract: RemoteContract): RemoteContractJson {
  return {
    contract_id: contract.id,
    txn_type: contract.txnType,
    state: contract.state,
    execution_order: contract.executionOrder,
    on_dead: contract.onDead,
    confirmations: contract.confirmations,
    lease_ms: contract.leaseMs,
    max_runtime_ms: contract.maxRuntimeMs,
    max_backlog: contract.maxBacklog,
    schedule: contract.schedule,
    env_version: contract.envVersion,
    created_at: contract.createdMs,
  }
}

/** What is named, and nothing else. */
export function settingsOf(json: ContractSettingsJson): Partial<ContractSettings> {
  const named: { readonly [K in keyof ContractSettings]: ContractSettings[K] | undefined } = {
    executionOrder: json.execution_order,
    onDead: json.on_dead,
    confirmations: json.confirmations,
    leaseMs: json.lease_ms,
    maxRuntimeMs: json.max_runtime_ms,
    maxBacklog: json.max_backlog,
    schedule: json.schedule satisfies Schedule | null | undefined,
  }
  const entries = Object.entries(named).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}

/** Values as texts; null stays. */
export function textsOf<V extends string | number | boolean | null>(
  given: Readonly<Record<string, V>>,
): Record<string, string | Extract<V, null>> {
  const text = (value: V): string | Extract<V, null> =>
    value === null ? (value as Extract<V, null>) : String(value)
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, text(value)]))
}

export function keyJson({ id, createdMs, expiresMs, lastUsedMs }: KeyRow): KeyJson {
  return { key_id: id, created_at: createdMs, expires_at: expiresMs, last_used_at: lastUsedMs }
}

export function newKeyJson(key: ApiKey, expiresMs: number | null): NewKey {
  return { key_id: key.id, api_key: key.text, expires_at: expiresMs }
}

/** Also how many records wait for a block, and how many clients are connected. */
export function backlogJson(
  contractId: string,
  report: BacklogReport & { readonly arriving: number; readonly streams: number },
): BacklogJson {
  const { arriving, pending, leased, committed, failed, dead, cancelled } = report
  const { outputsWaiting, oldestMs, streams } = report
  const counts = { arriving, pending, leased, committed, failed, dead, cancelled }
  return {
    contract_id: contractId,
    ...counts,
    outputs_waiting: outputsWaiting,
    oldest_at: oldestMs,
    streams,
  }
}

export function invocationSummary(report: InvocationReport): InvocationSummary {
  return {
    invocation_id: report.id,
    contract_id: report.contractId,
    kind: report.kind,
    state: report.state,
    seq: report.seq,
    txn_id: report.txnId,
    deliveries: report.deliveries,
    failures: report.failures,
    started_at: report.startedMs,
    finished_at: report.finishedMs,
    next_attempt_at: report.nextAttemptMs === null ? null : Math.round(report.nextAttemptMs),
    error: report.error,
    output_txn_id: report.outputTxnId,
  }
}

export function invocationJson(report: InvocationReport): InvocationJson {
  const { dataJson, stdout, stderr, logsTruncated } = report
  return {
    ...invocationSummary(report),
    data: dataJson === null ? null : (jsonIn(dataJson) ?? dataJson),
    stdout,
    stderr,
    logs_truncated: logsTruncated,
  }
}

export function logLineJson({ invocationId, finishedMs, stdout, stderr, truncated }: LogLine): LogLineJson {
  return { invocation_id: invocationId, finished_at: finishedMs, stdout, stderr, truncated }
}

export function streamJson(report: SessionReport): StreamJson {
  return {
    session_id: report.sessionId,
    contract_id: report.contractId,
    instance_id: report.instanceId,
    language: report.language,
    template_version: report.templateVersion,
    address: report.address,
    key_id: report.keyId,
    since: report.sinceMs,
    in_flight: report.inFlight,
    max_in_flight: report.maxInFlight,
    last_heard: report.lastHeardMs,
  }
}
