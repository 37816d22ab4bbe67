import { environmentName, secretName } from './environment-names.js'
import type { ContractRow } from './registry-rows.js'
import type { ContractEnvironment } from './remote-contract.js'
import type { SecretBox } from './secret-box.js'

/** What all contracts of a node are told of it. */
export interface NodeEnvironment {
  /** Such as dev. */
  readonly profile: string
  /** Address of the node's key. */
  readonly address: string
  /** Of its REST door. */
  readonly url: string
}

/** Where a secret is kept, so that it is opened nowhere else. */
export function secretPlace(contractId: string, name: string): string {
  return `${contractId}/${name}`
}

/** @throws {Error} a secret is not in order */
export function contractEnvironment(
  { contract, env, secrets }: ContractRow,
  {
    node,
    chainId,
    box,
  }: { readonly node: NodeEnvironment; readonly chainId: string; readonly box: SecretBox },
): ContractEnvironment {
  const own = Object.entries(env).map(([name, value]) => [environmentName(name), value] as const)
  const opened = Object.entries(secrets).map(
    ([name, sealed]) => [secretName(name), box.open(sealed, secretPlace(contract.id, name))] as const,
  )
  return {
    version: contract.envVersion,
    env: {
      ...Object.fromEntries(own),
      TZ: 'UTC',
      ENVIRONMENT: node.profile,
      INTERNAL_ID: node.address,
      DRAGONCHAIN_ID: chainId,
      DRAGONCHAIN_ENDPOINT: node.url,
      SMART_CONTRACT_ID: contract.id,
      SMART_CONTRACT_NAME: contract.txnType,
    },
    secrets: Object.fromEntries(opened),
  }
}
