import { decodeInv, encodeInv, type InvItem } from './inv.js'

/** Asks for what its items name; they have the layout of `inv`. */
export type GetData = readonly InvItem[]

export const encodeGetData: (items: GetData) => Uint8Array = encodeInv
export const decodeGetData: (payload: Uint8Array) => GetData = decodeInv
