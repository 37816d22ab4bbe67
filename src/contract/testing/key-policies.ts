import { keyPolicy } from '../../ledger/contracts/key-metadata.js'
import { describedNamespace } from '../../ledger/contracts/namespaces.js'
import { isSatisfied } from '../../ledger/contracts/policy.js'
import type { KeyWrite } from '../../ledger/payload/key-access.js'
import type { WorldView } from '../../ledger/world-state.js'

/** Whether these organisations are enough for the keys written that have a policy of their own in `world`. */
export function satisfiesKeyPolicies(
  writes: readonly KeyWrite[],
  world: WorldView,
  organisations: ReadonlySet<string>,
): boolean {
  return writes.every(({ namespace, key }) => {
    const policy = keyPolicy(world, describedNamespace(namespace) ?? namespace, key)
    return !policy || isSatisfied(policy, organisations)
  })
}
