/** The type of a channel header that stands over a call: ENDORSER_TRANSACTION. */
export const CALL_HEADER_TYPE = 3
