import type { Block } from '../../src/ledger/block.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import type { KeyVersion, KeyWrite } from '../../src/ledger/payload/key-access.js'

import { WRONG } from '../ledger/contracts/make-contracts.js'

/** The rules of contracts in the plainest way: from the first block on, for contracts of few shapes. */
export interface NaiveState {
  readonly world: Map<string, { readonly value: unknown; readonly version: KeyVersion }>
  readonly calls: Set<string>
  /** By namespace and key, the newest first. */
  readonly history: Map<string, { callId: string; timestampMs: number; value: unknown }[]>
  readonly outcomes: number[][]
}

interface Definition {
  readonly sequence: number
  readonly owner: string
  readonly organisations: readonly { readonly msp_id: string; readonly endorsers: readonly string[] }[]
  readonly endorsement_policy: Policy
  readonly collections: readonly { readonly name: string; readonly endorsement_policy?: Policy }[]
}

interface Policy {
  readonly signed_by?: { readonly msp_id: string }
  readonly n_of?: number
  readonly rules?: readonly Policy[]
}

/** Policies of keys by the hex they are written in: whose organisation has to vouch. */
export type KeyPolicies = ReadonlyMap<string, string>

export function replay(blocks: readonly Block[], keyPolicies: KeyPolicies): NaiveState {
  const state: NaiveState = { world: new Map(), calls: new Set(), history: new Map(), outcomes: [] }
  for (const { header, transactions } of blocks) {
    const codes: number[] = []
    for (const [index, { payload, timestamp }] of transactions.entries()) {
      const call = payload?.kind === 'invocation' ? payload : undefined
      const code = call ? codeOf(state, call, keyPolicies) : 0
      codes.push(code)
      if (call && code === 0) apply(state, call, { height: header.height, index }, timestamp)
    }
    state.outcomes.push(codes)
  }
  return state
}

export function at(namespace: string, key: string): string {
  return JSON.stringify([namespace, key])
}

function textAt(state: NaiveState, namespace: string, key: string): string | undefined {
  return (state.world.get(at(namespace, key))?.value as { text?: string } | undefined)?.text
}

function definitionOf(state: NaiveState, name: string): Definition | undefined {
  const text = textAt(state, '_lifecycle', `definitions/${name}`)
  return text === undefined ? undefined : (JSON.parse(text) as Definition)
}

function codeOf(state: NaiveState, call: InvocationPayload, keyPolicies: KeyPolicies): number {
  if (state.calls.has(call.callId)) return 9
  const code =
    call.contract === '_lifecycle' ? deployCode(state, call) : contractCode(state, call, keyPolicies)
  if (code !== 0) return code
  for (const { namespace, key, version } of call.reads) {
    const found = state.world.get(at(namespace, key))?.version ?? null
    if (JSON.stringify(found) !== JSON.stringify(version)) return 11
  }
  return 0
}

function deployCode(state: NaiveState, { writes, invoker }: InvocationPayload): number {
  const [write] = writes
  if (!write || writes.length > 1 || !write.value || !('text' in write.value)) return 24
  const next = JSON.parse(write.value.text) as Definition & { name: string }
  const before = definitionOf(state, next.name)
  if ((before ?? next).owner !== invoker) return 10
  return next.sequence === (before?.sequence ?? 0) + 1 ? 0 : 255
}

function contractCode(state: NaiveState, call: InvocationPayload, keyPolicies: KeyPolicies): number {
  if (!definitionOf(state, call.contract)) return 25
  const places = [
    ...call.writes.map(({ namespace }) => namespace),
    ...call.reads.map(({ namespace }) => namespace).filter((namespace) => namespace.includes('/private/')),
  ]
  for (const namespace of places) {
    const [contract = '', , collection] = namespace.split('/')
    if (contract === '_lifecycle') return 24
    const definition = definitionOf(state, contract)
    if (!definition) return 25
    const isImplicit = collection?.startsWith('_') ?? true
    if (!isImplicit && !definition.collections.some(({ name }) => name === collection)) return 24
  }
  let own = false
  for (const { namespace, key } of call.writes) {
    const [contract = '', , collection = ''] = namespace.split('/')
    const definition = definitionOf(state, contract) as Definition
    own ||= contract === call.contract
    const described = namespace.replace(/\/meta$/, '')
    const metadata = JSON.parse(textAt(state, `${described}/meta`, key) ?? '{}') as Record<string, string>
    const byKey = keyPolicies.get(metadata['VALIDATION_PARAMETER'] ?? '')
    const byCollection = collection.startsWith('_') ? collection.slice('_implicit_org_'.length) : undefined
    const named = byKey ?? byCollection
    const defined = definition.collections.find(({ name }) => name === collection)?.endorsement_policy
    const policy =
      named === undefined ? (defined ?? definition.endorsement_policy) : { signed_by: { msp_id: named } }
    if (!holds(policy, definition, call)) return 10
  }
  const definition = definitionOf(state, call.contract) as Definition
  return own || holds(definition.endorsement_policy, definition, call) ? 0 : 10
}

function holds(policy: Policy, definition: Definition, call: InvocationPayload): boolean {
  if (!policy.signed_by)
    return (policy.rules ?? []).filter((rule) => holds(rule, definition, call)).length >= (policy.n_of ?? 0)
  const name = policy.signed_by.msp_id
  const keys = definition.organisations.find(({ msp_id }) => msp_id === name)?.endorsers ?? []
  return call.endorsements.some(({ publicKey, signature }) => signature !== WRONG && keys.includes(publicKey))
}

function apply(state: NaiveState, call: InvocationPayload, version: KeyVersion, timestampMs: number): void {
  state.calls.add(call.callId)
  const isMetadata = ({ namespace }: KeyWrite): boolean => namespace.endsWith('/meta')
  for (const { namespace, key, value } of call.writes.filter((each) => !isMetadata(each))) {
    if (value) state.world.set(at(namespace, key), { value, version })
    else {
      state.world.delete(at(namespace, key))
      state.world.delete(at(`${namespace}/meta`, key))
    }
    if (/^[^_/]+$/.test(namespace)) {
      const before = state.history.get(at(namespace, key)) ?? []
      state.history.set(at(namespace, key), [{ callId: call.callId, timestampMs, value }, ...before])
    }
  }
  for (const { namespace, key, value } of call.writes.filter(isMetadata)) {
    if (!state.world.has(at(namespace.slice(0, -'/meta'.length), key))) continue
    if (value && 'text' in value && value.text !== '{}')
      state.world.set(at(namespace, key), { value, version })
    else state.world.delete(at(namespace, key))
  }
}
