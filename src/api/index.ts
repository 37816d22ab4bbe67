/** `terrarium/api`: the operations of a node as data, for clients, documents and other doors. */
export { ApiError, ERRORS, type ErrorBody, type ErrorCode } from './errors.js'
export type { Caller, Method, MethodTable, ParamsOf, ResultOf, Scope } from './method.js'
export { nodeApi, type NodeApi } from './node-api.js'
export { openApi } from './openapi.js'
export type { BlockchainInfo } from './schemas/info.js'
export type { NodeRecord } from './schemas/node.js'
export { TOPICS, type Topic } from './topics.js'
