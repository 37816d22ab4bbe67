import type { JsonObject } from './read-scalar.js'

/**
 * Whose habits a peer has. `java` knows no field but its own; `document` follows the protocol's papers (the Python
 * client does); `plain` is everything else, the C++ programs and ourselves.
 */
export type Dialect = 'plain' | 'java' | 'document'

/** Told from the envelope and the data of the negotiation. */
export function dialectOf(envelope: JsonObject, data: JsonObject): Dialect {
  if ('ProtocolVersion' in envelope || 'MessageVersion' in envelope) return 'document'
  return 'Abbreviation' in data ? 'java' : 'plain'
}
