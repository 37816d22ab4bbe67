import type { Json } from '../../base/json.js'
import { ensure, integerOf, listOf, membersOf } from '../shape.js'
import { assert } from '../../base/errors.js'

/** In what capacity somebody signs, by the names Fabric knows. Those who endorse calls are members and peers. */
export const ROLES = ['MEMBER', 'ADMIN', 'CLIENT', 'PEER', 'ORDERER'] as const

export type Role = (typeof ROLES)[number]

export interface SignedBy {
  readonly mspId: string
  readonly role: Role
}

/** Who has to vouch for a call: an organisation, or so many of several rules. */
export type Policy = SignedBy | { readonly nOf: number; readonly rules: readonly Policy[] }

/** Deepest nesting; an organisation alone has depth 0. */
export const MAX_POLICY_DEPTH = 8
/** Rules at all levels together. */
export const MAX_POLICY_RULES = 256

const MSP_ID = /^[A-Za-z0-9._-]{1,64}$/

export function isMspId(text: unknown): text is string {
  return typeof text === 'string' && MSP_ID.test(text)
}

/** Counts what a policy consists of while it is being read, so that no text makes a reader work long. */
export class PolicyBudget {
  #left = MAX_POLICY_RULES

  constructor(readonly rule: string) {}

  take(depth: number): void {
    this.#left -= 1
    ensure(this.#left >= 0, this.rule, `a policy has more than ${MAX_POLICY_RULES} rules`)
    ensure(depth <= MAX_POLICY_DEPTH, this.rule, `a policy is nested deeper than ${MAX_POLICY_DEPTH} levels`)
  }
}

/** A policy as it stands in a definition (CON-6). @throws {RuleError} */
export function decodePolicy(json: Json): Policy {
  return decodeRule(json, new PolicyBudget('CON-6'), 0)
}

function decodeRule(json: Json, budget: PolicyBudget, depth: number): Policy {
  budget.take(depth)
  const { signed_by, n_of, rules } = membersOf(json, 'CON-6', 'policy', [], ['signed_by', 'n_of', 'rules'])
  if (signed_by !== undefined) {
    ensure(n_of === undefined && rules === undefined, 'CON-6', 'a policy is of two kinds')
    return decodeSigner(signed_by)
  }
  ensure(n_of !== undefined && rules !== undefined, 'CON-6', 'a policy is of no kind')
  const parts = listOf(rules, 'CON-6', 'rules', (rule) => decodeRule(rule, budget, depth + 1))
  return { nOf: integerOf(n_of, 'CON-6', 'n_of', 1, parts.length), rules: parts }
}

function decodeSigner(json: Json): SignedBy {
  const { msp_id, role } = membersOf(json, 'CON-6', 'signed_by', ['msp_id', 'role'])
  ensure(isMspId(msp_id), 'CON-6', 'msp_id is no name of an organisation')
  const known = ROLES.find((name) => name === role)
  ensure(known !== undefined, 'CON-6', 'role is none of those known')
  return { mspId: msp_id, role: known }
}

export function encodePolicy(policy: Policy): Json {
  if ('nOf' in policy) return { n_of: policy.nOf, rules: policy.rules.map(encodePolicy) }
  return { signed_by: { msp_id: policy.mspId, role: policy.role } }
}

/** Whether these organisations, an endorser of each having signed, are enough (CON-21). */
export function isSatisfied(policy: Policy, organisations: ReadonlySet<string>): boolean {
  if (!('nOf' in policy)) {
    return (policy.role === 'MEMBER' || policy.role === 'PEER') && organisations.has(policy.mspId)
  }
  let missing = policy.nOf
  for (const rule of policy.rules) {
    if (missing <= 0) break
    if (isSatisfied(rule, organisations)) missing -= 1
  }
  return missing <= 0
}

/** More than half of these organisations: the policy of a contract that was given none. */
export function majorityOf(mspIds: readonly string[]): Policy {
  assert(mspIds.length > 0, 'a majority is of at least one organisation')
  const rules = mspIds.map((mspId) => ({ mspId, role: 'MEMBER' as const }))
  return { nOf: Math.floor(mspIds.length / 2) + 1, rules }
}
