import { decodeLocator, encodeLocator, type Locator } from './locator.js'

/** Asks for an `inv` of up to 500 blocks. */
export type GetBlocks = Locator

export const encodeGetBlocks: (request: GetBlocks) => Uint8Array = encodeLocator
export const decodeGetBlocks: (payload: Uint8Array) => GetBlocks = decodeLocator
