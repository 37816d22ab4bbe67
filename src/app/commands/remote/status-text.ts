import type { ContractDoor } from '../../../api/schemas/contract.js'
import type { RemoteSummary, StreamJson } from '../../../api/schemas/remote.js'
import { columns } from '../../columns.js'
import { doorText } from '../contract/list.js'

export interface RemoteStatus {
  readonly door: ContractDoor
  readonly contracts: readonly RemoteSummary[]
  readonly streams: readonly StreamJson[]
}

const AMOUNTS = [
  'streams',
  'arriving',
  'pending',
  'leased',
  'committed',
  'failed',
  'dead',
  'outputs waiting',
  'oldest',
]

/** `nowMs` in ms since 1970. */
export function statusText({ door, contracts, streams }: RemoteStatus, nowMs: number): string {
  const head = doorText(door)
  if (contracts.length === 0)
    return `${head}\nno remote contract is registered yet: "terrarium contract new NAME --template python" makes one`
  const rows = contracts.map(({ contract, backlog }) => [
    contract.txn_type,
    contract.state === 'active' ? contract.execution_order : 'paused',
    backlog.streams,
    backlog.arriving,
    backlog.pending,
    backlog.leased,
    backlog.committed,
    backlog.failed,
    backlog.dead,
    backlog.outputs_waiting,
    backlog.oldest_at === null ? '-' : age(nowMs - backlog.oldest_at),
  ])
  const table = columns(['contract', 'order', ...AMOUNTS], rows, AMOUNTS)
  return [head, '', table, ...streamLines(contracts, streams, nowMs), ...hints(contracts, door)].join('\n')
}

function streamLines(
  contracts: readonly RemoteSummary[],
  streams: readonly StreamJson[],
  nowMs: number,
): readonly string[] {
  if (streams.length === 0) return []
  const names = new Map(contracts.map(({ contract }) => [contract.contract_id, contract.txn_type]))
  const rows = streams.map((each) => [
    names.get(each.contract_id) ?? each.contract_id,
    each.language,
    each.address,
    `${each.in_flight}/${each.max_in_flight}`,
    age(nowMs - each.since),
    age(nowMs - each.last_heard),
    each.key_id,
    each.instance_id,
  ])
  const heads = ['client of', 'language', 'address', 'in flight', 'since', 'last heard', 'key', 'instance']
  return ['', columns(heads, rows, ['in flight', 'since', 'last heard'])]
}

/** What somebody might do about it. */
function hints(contracts: readonly RemoteSummary[], door: ContractDoor): readonly string[] {
  const waiting = contracts.filter(
    ({ contract, backlog }) => contract.state === 'active' && backlog.pending > 0 && backlog.streams === 0,
  )
  const dead = contracts.filter(({ backlog }) => backlog.dead > 0)
  const lines = [
    ...waiting.map(({ contract }) => `${contract.txn_type}: ${whyNobodyWorks(door)}`),
    ...dead.map(
      ({ contract, backlog }) =>
        `${contract.txn_type}: ${backlog.dead} dead; "terrarium remote retry ${contract.txn_type} --list" says why`,
    ),
  ]
  return lines.length === 0 ? [] : ['', ...lines]
}

/** Of a contract without clients. */
export function whyNobodyWorks(door: ContractDoor): string {
  return door
    ? 'no client is connected; start its program'
    : 'no client can connect; start the node with --contract-port'
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** `3 m 4 s` as `3m`: one unit is enough. */
export function age(ms: number): string {
  for (const [unit, size] of UNITS) if (ms >= size) return `${Math.floor(ms / size)}${unit}`
  return '0s'
}
