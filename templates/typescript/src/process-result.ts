/** What became of a transaction. */
export interface ProcessResult {
  /** Anything JSON can say. What is no object becomes `{"rawResponse": …}`. */
  data: Record<string, unknown>
  /** True: the data goes on the chain as a transaction. False: the node keeps it, readable by REST. */
  output_to_chain: boolean
  /** Why the transaction cannot be processed, ever: it is not tried again. Throw instead for what may pass. */
  error: string | null
  /** True: the error may pass, the transaction is tried again. */
  retryable?: boolean
  /** Tag of the output's transaction; otherwise that of the transaction that invoked. */
  output_tag?: string
  /** Values to keep at the node, by key, readable by REST. The last one written stays. */
  heap?: Record<string, unknown>
}
