/** What a record's payload tells the probe contract to do; every language has one in ../fixtures. */
export interface Order {
  readonly do:
    /** After so many ms. */
    | 'ok'
    /** Without an output on the chain. */
    | 'quiet'
    | 'error'
    /** An exception, a panic, or a script that is killed. */
    | 'throw'
    | 'sleep'
    /** A loop that gives way to nobody. */
    | 'spin'
    | 'print'
    /** A result that is no object. */
    | 'text'
    /** A result that cannot be written as JSON. */
    | 'unfit'
    | 'big'
    /** At the first n attempts it eats so many bytes of memory and holds them so long; as ok at the next. */
    | 'hog'
    /** Names of variables and secrets, and the value of SC_ENV_VALUE. */
    | 'env'
  readonly n?: number
  readonly ms?: number
  readonly bytes?: number
  readonly lines?: number
  readonly text?: string
}

/** What the probe answers unless the order is about its answer. Times are those of the machine's clock. */
export interface Answer {
  readonly n: number
  readonly attempt: number
  readonly invocation: string
  readonly begin_ms: number
  readonly end_ms: number
}

/** A transaction as a node hands it out, with the order in it. */
export function transactionWith(order: Order, id: string): string {
  const header = { txn_type: 'probe', dc_id: 'chain', txn_id: id, block_id: '1', timestamp: '1700000000' }
  return JSON.stringify({
    version: '2',
    dcrn: 'Transaction::L1::FullTransaction',
    header: { ...header, tag: '', invoker: '' },
    payload: order,
  })
}
