import type { Order } from './order.js'
import type { SoakNode } from './soak-node.js'

interface Entry {
  readonly kind: 'record' | 'output'
  readonly status: 'pending' | 'confirmed'
  readonly transaction: {
    readonly header: { readonly txn_id: string; readonly invoker: string }
    readonly payload: Order
  }
}

interface Page {
  readonly records: readonly Entry[]
  readonly next_cursor: string | null
}

interface Backlog {
  readonly pending: number
  readonly leased: number
  readonly dead: number
  readonly outputs_waiting: number
}

interface Invocations {
  readonly invocations: readonly { readonly invocation_id: string }[]
}

/** What became of a type's records, counted from the chain alone. */
export interface Tally {
  readonly records: number
  readonly outputs: number
  /** Sentences about what is wrong. */
  readonly faults: readonly string[]
}

/** Whether everything is done. What was given up, after many crashes of clients, is given another attempt. */
export async function isDone(node: SoakNode, type: string): Promise<boolean> {
  const path = `/remote/contracts/${type}`
  const { pending, leased, dead, outputs_waiting } = (await node.get(`${path}/backlog/`)) as Backlog
  if (dead > 0) {
    const { invocations } = (await node.get(`${path}/dead-letters/`)) as Invocations
    for (const { invocation_id } of invocations)
      await node.send(`/remote/dead-letters/${invocation_id}/retry/`, {})
  }
  return pending + leased + dead + outputs_waiting === 0
}

/** Counts without the node's own audit. `acknowledged`: ids of records that must be there. */
export async function tally(node: SoakNode, type: string, acknowledged: ReadonlySet<string>): Promise<Tally> {
  const due = new Map<string, number>()
  const found = new Map<string, number>()
  const answers = new Map<string, number>()
  for await (const { kind, transaction } of entries(node, type)) {
    const { header, payload } = transaction
    if (kind === 'record') due.set(header.txn_id, payload.do === 'ok' ? 1 : 0)
    else found.set(header.invoker, (found.get(header.invoker) ?? 0) + 1)
    if (kind === 'output') answers.set(header.invoker, payload.n ?? -1)
  }
  const lost = [...acknowledged]
    .filter((id) => !due.has(id))
    .map((id) => `record ${id} was taken and is gone`)
  const wrong = [...due].flatMap(([id, wanted]) => {
    const count = found.get(id) ?? 0
    return count === wanted ? [] : [`record ${id} has ${count} outputs instead of ${wanted}`]
  })
  const strange = [...found.keys()]
    .filter((id) => !due.has(id))
    .map((id) => `an output of ${id}, which is no record`)
  return { records: due.size, outputs: answers.size, faults: [...lost, ...wrong, ...strange] }
}

/** Sentences about what the node's own audit finds wrong. */
export async function auditedFaults(node: SoakNode, type: string): Promise<string[]> {
  const faults: string[] = []
  let cursor = ''
  do {
    const page = (await node.get(`/remote/contracts/${type}/audit/${cursor}`)) as {
      readonly problems: readonly object[]
      readonly next_cursor: string | null
    }
    faults.push(...page.problems.map((each) => JSON.stringify(each)))
    cursor = page.next_cursor === null ? '' : `?cursor=${page.next_cursor}`
  } while (cursor !== '')
  return faults
}

async function* entries(node: SoakNode, type: string): AsyncGenerator<Entry> {
  let cursor = ''
  do {
    const page = (await node.get(`/records/?txn_type=${type}&limit=100${cursor}`)) as Page
    yield* page.records
    cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
  } while (cursor !== '')
}
