import type { Json } from '../base/json.js'

export type JsonMap = Readonly<Record<string, Json>>

/** A connection over which another node wants to be told of news. */
export interface Channel {
  /** Calls a method of the other node. @throws {PeerError} */
  call(method: 'sync.announce' | 'sync.offer', params: JsonMap): Promise<Json>
}

/** The connections between this node and those that follow it, or that it follows. */
export interface Channels {
  /** Undefined where the node does not follow us now: then it is told over REST. */
  find(key: string): Channel | undefined
  /** Whether we follow the node, and so hear of its chain without asking. */
  isFollowed(key: string): boolean
}
