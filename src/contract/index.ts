/** The entry point `terrarium/contract`: what authors of contracts import. */
export { Default, Info, Object, Property } from './api/class-decorators.js'
export { Context } from './api/context.js'
export { Contract } from './api/contract.js'
export { JSONSerializer } from './api/json-serializer.js'
export type { Deserialized, Serializer } from './api/json-serializer.js'
export type { Logger } from './api/logging.js'
export type { Schema, ValueSchema } from './api/schema.js'
export { Param, Returns, Transaction } from './api/transaction-decorators.js'
export { ClientIdentity } from './shim/client-identity.js'
export type { ChaincodeResponse } from './shim/handler.js'
export type { KeyModification, KV, NextResult } from './shim/query-iterator.js'
export { KeyEndorsementPolicy } from './shim/key-endorsement-policy.js'
export { ChaincodeStub } from './shim/stub.js'
export type {
  HistoryIterator,
  PagedStateQuery,
  StateIterator,
  StatePage,
  StateQuery,
} from './shim/stub-queries.js'
