import { decodeInv, encodeInv, type InvItem } from './inv.js'

/** What was asked for by `getdata` and cannot be had; its items have the layout of `inv`. */
export type NotFound = readonly InvItem[]

export const encodeNotFound: (items: NotFound) => Uint8Array = encodeInv
export const decodeNotFound: (payload: Uint8Array) => NotFound = decodeInv
