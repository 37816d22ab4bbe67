import { decodePing, encodePing, type Ping } from './ping.js'

/** The answer to a `ping`: its nonce, unchanged. */
export type Pong = Ping

export const encodePong: (pong: Pong) => Uint8Array = encodePing
export const decodePong: (payload: Uint8Array) => Pong = decodePing
