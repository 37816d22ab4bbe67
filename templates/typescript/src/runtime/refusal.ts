import { status } from '@grpc/grpc-js'

const CURES: Readonly<Partial<Record<status, string>>> = {
  [status.UNAUTHENTICATED]: 'check api_key: it may be wrong, revoked or expired',
  [status.PERMISSION_DENIED]: 'check that api_key was made for smart_contract_id',
  [status.NOT_FOUND]: 'check chain_id and smart_contract_id: the contract may have been deleted',
  [status.INVALID_ARGUMENT]: 'this client and the node do not understand each other: update the older one',
  [status.FAILED_PRECONDITION]: 'check chain_id and smart_contract_id, and that the contract is active',
}

/** What people can do about a status that trying again does not cure; undefined: trying again may. */
export function cureOf(code: status): string | undefined {
  return CURES[code]
}
