/** HTTP header by which a node says which chain it is on, in what it asks and what it answers. */
export const CHAIN_HEADER = 'terrarium-chain'
