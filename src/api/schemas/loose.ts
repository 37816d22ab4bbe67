import { Type as T } from '@sinclair/typebox'

/** Any JSON object: for blocks and transactions, of which every fault is to be told by the number of its rule. */
export const LooseObject = T.Unsafe<object>({ type: 'object' })

/** Any JSON at all. */
export const LooseJson = T.Unsafe<unknown>({})
