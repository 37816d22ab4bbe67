/** The entry point `terrarium/contract/testing`: a ledger in memory, for tests of contracts. */
export { CommitFailure, ContractFailure } from './errors.js'
export type { TestEvent } from './chain.js'
export type { TestIdentity } from './identities.js'
export type { Argument, PreparedCall, TestClient } from './test-client.js'
export { TestLedger } from './test-ledger.js'
export type { TestCollection, TestContract, TestLedgerOptions } from './test-ledger.js'
export type { TestHistoryEntry, TestState } from './test-state.js'
