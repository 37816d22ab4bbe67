/** What can happen in a node. Subscriptions, caches and the live pages follow these. */
export const TOPICS = {
  'nodes.changed': 'A node was added to or removed from the known nodes.',
  'blockchain.changed': 'The blockchain info changed.',
} as const

export type Topic = keyof typeof TOPICS
