/** The messages of proto/remote_sc.proto. */

/** A 64-bit number, as it comes. */
export interface Uint64 {
  toNumber(): number
  toString(): string
}

export interface LogChunk {
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}

export const ERROR_KINDS = { BUSINESS: 1, EXCEPTION: 2, TIMEOUT: 3, BAD_OUTPUT: 4 } as const

export interface ContractError {
  readonly message: string
  readonly kind: (typeof ERROR_KINDS)[keyof typeof ERROR_KINDS]
  readonly retryable: boolean
  readonly stack: string
}

export interface Result {
  readonly invocation_id: string
  readonly lease_token: Uint8Array
  readonly data_json: string
  readonly output_to_chain: boolean
  readonly error?: ContractError
  readonly logs: LogChunk
  readonly duration_ms: number
  readonly output_tag?: string
  readonly heap_json: Readonly<Record<string, string>>
}

export interface Held {
  readonly invocation_id: string
  readonly lease_token: Uint8Array
}

export interface Hello {
  readonly protocol: number
  readonly instance_id: string
  readonly language: string
  readonly template_version: string
  readonly max_in_flight: number
  readonly held: readonly Held[]
}

export type ClientFrame =
  | { readonly hello: Hello }
  | { readonly result: Result }
  | { readonly progress: Held }
  | { readonly credit: { readonly max_in_flight: number } }
  | { readonly heartbeat: { readonly unix_ms: number; readonly echo: number | Uint64 } }
  | { readonly goodbye: { readonly reason: string } }

export interface Welcome {
  readonly protocol: number
  readonly session_id: string
  readonly contract_name: string
  readonly execution_order: string
  readonly lease_ms: number
  readonly heartbeat_ms: number
  readonly backlog: Uint64
  readonly granted_in_flight: number
  readonly kept: readonly string[]
}

export interface ContractEnv {
  readonly version: Uint64
  readonly env: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
}

export interface Delivery {
  readonly invocation_id: string
  readonly lease_token: Uint8Array
  readonly attempt: number
  readonly transaction_json: string
  readonly txn_id: string
  readonly lease_ms: Uint64
}

/** By their numbers. */
export const ACK_STATUSES = ['UNSPECIFIED', 'COMMITTED', 'ALREADY_COMMITTED', 'STALE', 'REJECTED'] as const

export interface ResultAck {
  readonly invocation_id: string
  readonly status: number
  readonly output_txn_id: string
  readonly detail: string
}

/** `frame` names the member that is there; undefined: one that this client does not know. */
export type PrimeFrame =
  | { readonly frame: 'welcome'; readonly welcome: Welcome }
  | { readonly frame: 'contract_env'; readonly contract_env: ContractEnv }
  | { readonly frame: 'delivery'; readonly delivery: Delivery }
  | { readonly frame: 'result_ack'; readonly result_ack: ResultAck }
  | { readonly frame: 'cancel'; readonly cancel: { readonly invocation_id: string; readonly reason: string } }
  | { readonly frame: 'heartbeat'; readonly heartbeat: { readonly unix_ms: Uint64 } }
  | {
      readonly frame: 'drain'
      readonly drain: { readonly grace_ms: number; readonly reconnect_after_ms: number }
    }
  | { readonly frame?: undefined }

export interface CheckReply {
  readonly chain_id: string
  readonly contract_id: string
  readonly state: string
  readonly backlog: Uint64
  readonly protocol: number
}
