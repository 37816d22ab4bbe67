export interface TransactionHeader {
  txn_type: string
  /** Id of the chain. */
  dc_id: string
  txn_id: string
  /** Height of its block. */
  block_id: string
  /** Seconds since 1970. */
  timestamp: string
  tag: string
  /** Empty, but in outputs of contracts: id of the transaction that invoked the contract. */
  invoker: string
}

/** A transaction of the chain, as contracts are given it. */
export interface Transaction<Payload = Record<string, unknown>> {
  version: string
  header: TransactionHeader
  payload: Payload
}

/** @throws {Error} the text is not a transaction */
export function parseTransaction<Payload = Record<string, unknown>>(txJson: string): Transaction<Payload> {
  const value: unknown = JSON.parse(txJson)
  if (typeof value !== 'object' || value === null || !('header' in value) || !('payload' in value))
    throw new Error('not a transaction: it has no header or no payload')
  return value as Transaction<Payload>
}
