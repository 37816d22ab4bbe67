/** Names in the data folder of a node: its own key, and all that belongs to contracts. */
export const NODE_KEY_FILE = 'node_key.json'
export const CONTRACTS_FOLDER = 'contracts'
/** In that folder: what belongs to remote contracts. */
export const REMOTE_FOLDER = 'remote'
