/** The ledger's, under the name that the parts of contracts know. */
export type { HistoryEntry, OpenSnapshot, WorldSnapshot } from '../ledger/world-snapshot.js'
