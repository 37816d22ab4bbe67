import { decodeLocator, encodeLocator, type Locator } from './locator.js'

/** Asks for up to 2000 `headers`. */
export type GetHeaders = Locator

export const encodeGetHeaders: (request: GetHeaders) => Uint8Array = encodeLocator
export const decodeGetHeaders: (payload: Uint8Array) => GetHeaders = decodeLocator
