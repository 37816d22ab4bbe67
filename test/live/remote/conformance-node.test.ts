/** A real node and the templates' clients together: behaviours of the conformance list, by number, in every language. */
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { type Contract, RemoteNode } from './kit/remote-node.js'
import { ContractProcess, type Settings } from './support/contract-process.js'
import { inEachLanguage, reportAbsent } from './support/each-language.js'
import type { Language } from './support/languages.js'
import type { Answer, Order } from './support/order.js'

jest.setTimeout(240_000)

interface Invocation {
  readonly state: string
  readonly error: string | null
  readonly failures: number
  readonly output_txn_id: string | null
  readonly data: Answer & {
    readonly env: readonly string[]
    readonly secrets: readonly string[]
    readonly value: string
  }
  readonly stdout: string
  readonly stderr: string
}

interface Found {
  readonly transaction: {
    readonly header: { readonly invoker: string; readonly txn_type: string }
    readonly payload: Answer
  }
}

reportAbsent()

test('12, 15, 17: what waited comes oldest first, one at a time, and each has one output, over a kill -9 of the node', async () => {
  const node = await startNode()
  await inEachLanguage(async (language) => {
    const contract = await node.register(typeOf(language), { execution_order: 'serial' })
    await submit(
      node,
      language,
      Array.from({ length: 5 }, (_, n) => ({ do: 'ok', n })),
    )
    await client(node, language, contract)
    await node.untilDone(contract.contractId, 5)
  })
  await node.killHard()
  await node.start()
  await inEachLanguage(async (language) => {
    const { contract_id: contractId } = await contractOf(node, language)
    const ids = await submit(
      node,
      language,
      Array.from({ length: 5 }, (_, n) => ({ do: 'ok', n: n + 5 })),
    )
    await node.untilDone(contractId, 10)
    const outputs = await waitFor('an output of each', async () => {
      const counts = await node.outputs(contractId)
      return counts.size >= 10 ? counts : undefined
    })
    expect([...outputs.values()]).toEqual(Array.from({ length: 10 }, () => 1))
    for (const id of ids) expect(outputs.get(id)).toBe(1)
    const all = await Promise.all([...outputs.keys()].map((id) => untilEnded(node, contractId, id)))
    const byTurn = all.map(({ data }) => data).sort((one, other) => one.n - other.n)
    byTurn.slice(1).forEach(({ begin_ms }, at) => {
      expect(begin_ms).toBeGreaterThanOrEqual(byTurn[at]?.end_ms ?? Infinity)
    })
  })
})

test('15, 16, 20, 22: outputs, results, errors, logs and variables are what the contract made them', async () => {
  const node = await startNode()
  await inEachLanguage(async (language) => {
    const contract = await node.register(typeOf(language), {
      env: { value: 'one' },
      secrets: { word: 'hidden' },
    })
    await client(node, language, contract)
    const { contractId } = contract
    const orders: Order[] = [
      { do: 'ok', n: 1 },
      { do: 'quiet', n: 2 },
      { do: 'error' },
      { do: 'env' },
      { do: 'print', text: 'seen' },
    ]
    const ids = await submit(node, language, orders)
    const ended = await Promise.all(ids.map((id) => untilEnded(node, contractId, id)))
    const [ok, quiet, failed, env, print] = ended
    expect(ok).toMatchObject({ state: 'committed', data: { n: 1, attempt: 1 } })
    const output = await waitFor('the output', () => found(node, ok?.output_txn_id ?? ''))
    expect(output.transaction).toMatchObject({
      header: { invoker: ids[0], txn_type: typeOf(language) },
      payload: { n: 1 },
    })
    expect(quiet).toMatchObject({ state: 'committed', output_txn_id: null, data: { n: 2 } })
    expect(failed?.state).toBe('failed')
    expect(failed?.error).toContain('the contract says no')
    expect(env?.data.env).toEqual(expect.arrayContaining(DOCUMENTED))
    expect(env?.data).toMatchObject({ secrets: ['SC_SECRET_WORD'], value: 'one' })
    expect(`${print?.stdout}${print?.stderr}`).toContain('seen out 0')
    await node.live.send('PUT', `/remote/contracts/${contractId}/`, { env: { value: 'two' } })
    const [next = ''] = await submit(node, language, [{ do: 'env' }])
    expect((await untilEnded(node, contractId, next)).data.value).toBe('two')
    expect((await node.backlog(contractId)).streams).toBe(1)
  })
})

test('3, 20, 23: an exception is tried again, a paused contract sends its client away, and both are cured', async () => {
  const node = await startNode()
  await inEachLanguage(async (language) => {
    const contract = await node.register(typeOf(language))
    const { contractId } = contract
    const running = await client(node, language, contract)
    const [thrown = ''] = await submit(node, language, [{ do: 'throw' }])
    await waitFor(
      'the second failure',
      async () => ((await invocation(node, contractId, thrown))?.failures ?? 0) >= 2,
    )
    await node.live.send('POST', `/remote/contracts/${contractId}/pause/`, {})
    await waitFor('the client to be told', () => running.output.includes('the smart contract is inactive'))
    await node.live.send('POST', `/remote/contracts/${contractId}/resume/`, {})
    const [next = ''] = await submit(node, language, [{ do: 'ok', n: 3 }])
    expect(await untilEnded(node, contractId, next)).toMatchObject({ state: 'committed' })
    await node.live.send('DELETE', `/remote/contracts/${contractId}/keys/${contract.keyId}/`, {})
    await waitFor('the key to be refused', () => running.output.includes('invalid API key'))
    expect(running.isRunning).toBe(true)
  })
})

test('24: a client that is stopped leaves nothing behind, and the next one has what is left', async () => {
  const node = await startNode()
  await inEachLanguage(async (language) => {
    const contract = await node.register(typeOf(language))
    const first = await client(node, language, contract, { num_workers: 2 })
    const orders = Array.from({ length: 8 }, (_, n): Order => ({ do: 'sleep', ms: 500, n }))
    const ids = await submit(node, language, orders)
    await waitFor('work to begin', async () => (await node.backlog(contract.contractId)).leased > 0)
    expect(await first.kill('SIGTERM')).toBe(0)
    expect(await node.backlog(contract.contractId)).toMatchObject({ leased: 0, streams: 0 })
    await client(node, language, contract)
    for (const id of ids) {
      const ended = await untilEnded(node, contract.contractId, id)
      expect(ended).toMatchObject({ state: 'committed', failures: 0 })
    }
  })
})

const DOCUMENTED = [
  'TZ',
  'ENVIRONMENT',
  'INTERNAL_ID',
  'DRAGONCHAIN_ID',
  'DRAGONCHAIN_ENDPOINT',
  'SMART_CONTRACT_ID',
  'SMART_CONTRACT_NAME',
  'SC_ENV_VALUE',
]
const FINAL = ['committed', 'failed', 'dead', 'cancelled']

async function startNode(): Promise<RemoteNode> {
  return RemoteNode.start(join(await temporaryFolder(), 'node'))
}

function typeOf({ name }: Language): string {
  return `probe-${name}`
}

async function client(
  node: RemoteNode,
  language: Language,
  { contractId, apiKey }: Contract,
  settings: Settings = {},
): Promise<ContractProcess> {
  return ContractProcess.start(language, {
    server_address: `127.0.0.1:${node.contractPort}`,
    chain_id: await node.chainId(),
    smart_contract_id: contractId,
    api_key: apiKey,
    ...settings,
  })
}

/** Returns their ids. */
async function submit(node: RemoteNode, language: Language, orders: readonly Order[]): Promise<string[]> {
  const ids: string[] = []
  for (const payload of orders) {
    const record = { txn_type: typeOf(language), payload }
    const answer = (await node.live.send('POST', '/records/', record)) as { readonly transaction_id: string }
    ids.push(answer.transaction_id)
  }
  return ids
}

async function contractOf(node: RemoteNode, language: Language): Promise<{ readonly contract_id: string }> {
  const answer = (await node.live.get(`/remote/contracts/${typeOf(language)}/`)) as {
    readonly contract: { readonly contract_id: string }
  }
  return answer.contract
}

/** Undefined while the node knows none of the id: its record is not in a block yet, or its result is being written. */
async function invocation(
  node: RemoteNode,
  contractId: string,
  txnId: string,
): Promise<Invocation | undefined> {
  const answer = await fetch(`${node.live.url}/remote/invocations/${contractId}:${txnId}/`)
  return answer.status === 404 ? undefined : ((await answer.json()) as Invocation)
}

async function untilEnded(node: RemoteNode, contractId: string, txnId: string): Promise<Invocation> {
  return waitFor(`${txnId} to end`, async () => {
    const seen = await invocation(node, contractId, txnId)
    return seen && FINAL.includes(seen.state) ? seen : undefined
  })
}

async function found(node: RemoteNode, txnId: string): Promise<Found | undefined> {
  return (await node.live.get(`/records/${txnId}/`).catch(() => undefined)) as Found | undefined
}
