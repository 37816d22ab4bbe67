/** Generated from common/proto/remote_sc.proto: change that, then run npm run generate. */
import { codecs } from './codec.js'

const codec = codecs("{\"options\":{\"go_package\":\"./remotesc\"},\"nested\":{\"RemoteContracts\":{\"methods\":{\"Connect\":{\"requestType\":\"ClientFrame\",\"requestStream\":true,\"responseType\":\"PrimeFrame\",\"responseStream\":true},\"Check\":{\"requestType\":\"CheckRequest\",\"responseType\":\"CheckReply\"}}},\"ClientFrame\":{\"oneofs\":{\"frame\":{\"oneof\":[\"hello\",\"result\",\"progress\",\"credit\",\"heartbeat\",\"goodbye\"]}},\"fields\":{\"hello\":{\"type\":\"Hello\",\"id\":1},\"result\":{\"type\":\"Result\",\"id\":2},\"progress\":{\"type\":\"Progress\",\"id\":3},\"credit\":{\"type\":\"Credit\",\"id\":4},\"heartbeat\":{\"type\":\"Heartbeat\",\"id\":5},\"goodbye\":{\"type\":\"Goodbye\",\"id\":6}}},\"PrimeFrame\":{\"oneofs\":{\"frame\":{\"oneof\":[\"welcome\",\"contractEnv\",\"delivery\",\"resultAck\",\"cancel\",\"heartbeat\",\"drain\"]}},\"fields\":{\"welcome\":{\"type\":\"Welcome\",\"id\":1},\"contractEnv\":{\"type\":\"ContractEnv\",\"id\":2,\"protoName\":\"contract_env\"},\"delivery\":{\"type\":\"Delivery\",\"id\":3},\"resultAck\":{\"type\":\"ResultAck\",\"id\":4,\"protoName\":\"result_ack\"},\"cancel\":{\"type\":\"Cancel\",\"id\":5},\"heartbeat\":{\"type\":\"Heartbeat\",\"id\":6},\"drain\":{\"type\":\"Drain\",\"id\":7}}},\"Hello\":{\"fields\":{\"protocol\":{\"type\":\"uint32\",\"id\":1},\"instanceId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"instance_id\"},\"language\":{\"type\":\"string\",\"id\":3},\"templateVersion\":{\"type\":\"string\",\"id\":4,\"protoName\":\"template_version\"},\"maxInFlight\":{\"type\":\"uint32\",\"id\":5,\"protoName\":\"max_in_flight\"},\"held\":{\"rule\":\"repeated\",\"type\":\"Held\",\"id\":6},\"features\":{\"rule\":\"repeated\",\"type\":\"string\",\"id\":7}}},\"Held\":{\"fields\":{\"invocationId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"invocation_id\"},\"leaseToken\":{\"type\":\"bytes\",\"id\":2,\"protoName\":\"lease_token\"}}},\"Welcome\":{\"fields\":{\"protocol\":{\"type\":\"uint32\",\"id\":1},\"sessionId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"session_id\"},\"contractName\":{\"type\":\"string\",\"id\":3,\"protoName\":\"contract_name\"},\"executionOrder\":{\"type\":\"string\",\"id\":4,\"protoName\":\"execution_order\"},\"leaseMs\":{\"type\":\"uint32\",\"id\":5,\"protoName\":\"lease_ms\"},\"heartbeatMs\":{\"type\":\"uint32\",\"id\":6,\"protoName\":\"heartbeat_ms\"},\"backlog\":{\"type\":\"uint64\",\"id\":7},\"grantedInFlight\":{\"type\":\"uint32\",\"id\":8,\"protoName\":\"granted_in_flight\"},\"kept\":{\"rule\":\"repeated\",\"type\":\"string\",\"id\":9},\"features\":{\"rule\":\"repeated\",\"type\":\"string\",\"id\":10}}},\"ContractEnv\":{\"fields\":{\"version\":{\"type\":\"uint64\",\"id\":1},\"env\":{\"keyType\":\"string\",\"type\":\"string\",\"id\":2},\"secrets\":{\"keyType\":\"string\",\"type\":\"string\",\"id\":3}}},\"Delivery\":{\"fields\":{\"invocationId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"invocation_id\"},\"seq\":{\"type\":\"uint64\",\"id\":2},\"leaseToken\":{\"type\":\"bytes\",\"id\":3,\"protoName\":\"lease_token\"},\"attempt\":{\"type\":\"uint32\",\"id\":4},\"deadlineUnixMs\":{\"type\":\"uint64\",\"id\":5,\"protoName\":\"deadline_unix_ms\"},\"envVersion\":{\"type\":\"uint64\",\"id\":6,\"protoName\":\"env_version\"},\"transactionJson\":{\"type\":\"string\",\"id\":7,\"protoName\":\"transaction_json\"},\"txnId\":{\"type\":\"string\",\"id\":8,\"protoName\":\"txn_id\"},\"kind\":{\"type\":\"InvocationKind\",\"id\":9},\"leaseMs\":{\"type\":\"uint64\",\"id\":10,\"protoName\":\"lease_ms\"}}},\"InvocationKind\":{\"values\":{\"INVOCATION_KIND_UNSPECIFIED\":0,\"TRANSACTION\":1,\"SCHEDULED\":2,\"MANUAL\":3}},\"Result\":{\"oneofs\":{\"_error\":{\"oneof\":[\"error\"]},\"_outputTag\":{\"oneof\":[\"outputTag\"]}},\"fields\":{\"invocationId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"invocation_id\"},\"leaseToken\":{\"type\":\"bytes\",\"id\":2,\"protoName\":\"lease_token\"},\"dataJson\":{\"type\":\"string\",\"id\":3,\"protoName\":\"data_json\"},\"outputToChain\":{\"type\":\"bool\",\"id\":4,\"protoName\":\"output_to_chain\"},\"error\":{\"type\":\"ContractError\",\"id\":5,\"options\":{\"proto3_optional\":true}},\"logs\":{\"type\":\"LogChunk\",\"id\":6},\"durationMs\":{\"type\":\"uint32\",\"id\":7,\"protoName\":\"duration_ms\"},\"outputTag\":{\"type\":\"string\",\"id\":8,\"protoName\":\"output_tag\",\"options\":{\"proto3_optional\":true}},\"heapJson\":{\"keyType\":\"string\",\"type\":\"string\",\"id\":9,\"protoName\":\"heap_json\"}}},\"ContractError\":{\"fields\":{\"message\":{\"type\":\"string\",\"id\":1},\"kind\":{\"type\":\"ErrorKind\",\"id\":2},\"retryable\":{\"type\":\"bool\",\"id\":3},\"stack\":{\"type\":\"string\",\"id\":4}}},\"ErrorKind\":{\"values\":{\"ERROR_KIND_UNSPECIFIED\":0,\"BUSINESS\":1,\"EXCEPTION\":2,\"TIMEOUT\":3,\"BAD_OUTPUT\":4}},\"LogChunk\":{\"fields\":{\"stdout\":{\"type\":\"string\",\"id\":1},\"stderr\":{\"type\":\"string\",\"id\":2},\"truncated\":{\"type\":\"bool\",\"id\":3}}},\"ResultAck\":{\"fields\":{\"invocationId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"invocation_id\"},\"status\":{\"type\":\"AckStatus\",\"id\":2},\"outputTxnId\":{\"type\":\"string\",\"id\":3,\"protoName\":\"output_txn_id\"},\"detail\":{\"type\":\"string\",\"id\":4}}},\"AckStatus\":{\"values\":{\"ACK_STATUS_UNSPECIFIED\":0,\"COMMITTED\":1,\"ALREADY_COMMITTED\":2,\"STALE\":3,\"REJECTED\":4}},\"Progress\":{\"fields\":{\"invocationId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"invocation_id\"},\"leaseToken\":{\"type\":\"bytes\",\"id\":2,\"protoName\":\"lease_token\"},\"logs\":{\"type\":\"LogChunk\",\"id\":3}}},\"Credit\":{\"fields\":{\"maxInFlight\":{\"type\":\"uint32\",\"id\":1,\"protoName\":\"max_in_flight\"}}},\"Cancel\":{\"fields\":{\"invocationId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"invocation_id\"},\"reason\":{\"type\":\"string\",\"id\":2}}},\"Heartbeat\":{\"fields\":{\"unixMs\":{\"type\":\"uint64\",\"id\":1,\"protoName\":\"unix_ms\"},\"echo\":{\"type\":\"uint64\",\"id\":2}}},\"Drain\":{\"fields\":{\"graceMs\":{\"type\":\"uint32\",\"id\":1,\"protoName\":\"grace_ms\"},\"reconnectAfterMs\":{\"type\":\"uint32\",\"id\":2,\"protoName\":\"reconnect_after_ms\"}}},\"Goodbye\":{\"fields\":{\"reason\":{\"type\":\"string\",\"id\":1}}},\"CheckRequest\":{\"fields\":{}},\"CheckReply\":{\"fields\":{\"chainId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"chain_id\"},\"contractId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"contract_id\"},\"state\":{\"type\":\"string\",\"id\":3},\"backlog\":{\"type\":\"uint64\",\"id\":4},\"protocol\":{\"type\":\"uint32\",\"id\":5}}}}}")

export interface ClientFrame {
  readonly hello: Hello | null | undefined
  readonly result: Result | null | undefined
  readonly progress: Progress | null | undefined
  readonly credit: Credit | null | undefined
  readonly heartbeat: Heartbeat | null | undefined
  readonly goodbye: Goodbye | null | undefined
}
export const ClientFrame = codec<ClientFrame>("ClientFrame")

export interface PrimeFrame {
  readonly welcome: Welcome | null | undefined
  readonly contractEnv: ContractEnv | null | undefined
  readonly delivery: Delivery | null | undefined
  readonly resultAck: ResultAck | null | undefined
  readonly cancel: Cancel | null | undefined
  readonly heartbeat: Heartbeat | null | undefined
  readonly drain: Drain | null | undefined
}
export const PrimeFrame = codec<PrimeFrame>("PrimeFrame")

export interface Hello {
  readonly protocol: number
  readonly instanceId: string
  readonly language: string
  readonly templateVersion: string
  readonly maxInFlight: number
  readonly held: readonly Held[]
  readonly features: readonly string[]
}
export const Hello = codec<Hello>("Hello")

export interface Held {
  readonly invocationId: string
  readonly leaseToken: Uint8Array
}
export const Held = codec<Held>("Held")

export interface Welcome {
  readonly protocol: number
  readonly sessionId: string
  readonly contractName: string
  readonly executionOrder: string
  readonly leaseMs: number
  readonly heartbeatMs: number
  readonly backlog: number
  readonly grantedInFlight: number
  readonly kept: readonly string[]
  readonly features: readonly string[]
}
export const Welcome = codec<Welcome>("Welcome")

export interface ContractEnv {
  readonly version: number
  readonly env: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
}
export const ContractEnv = codec<ContractEnv>("ContractEnv")

export interface Delivery {
  readonly invocationId: string
  readonly seq: number
  readonly leaseToken: Uint8Array
  readonly attempt: number
  readonly deadlineUnixMs: number
  readonly envVersion: number
  readonly transactionJson: string
  readonly txnId: string
  readonly kind: number
  readonly leaseMs: number
}
export const Delivery = codec<Delivery>("Delivery")

export const InvocationKind = {
  INVOCATION_KIND_UNSPECIFIED: 0,
  TRANSACTION: 1,
  SCHEDULED: 2,
  MANUAL: 3,
} as const

export interface Result {
  readonly invocationId: string
  readonly leaseToken: Uint8Array
  readonly dataJson: string
  readonly outputToChain: boolean
  readonly error: ContractError | null | undefined
  readonly logs: LogChunk | null
  readonly durationMs: number
  readonly outputTag: string | null | undefined
  readonly heapJson: Readonly<Record<string, string>>
}
export const Result = codec<Result>("Result")

export interface ContractError {
  readonly message: string
  readonly kind: number
  readonly retryable: boolean
  readonly stack: string
}
export const ContractError = codec<ContractError>("ContractError")

export const ErrorKind = {
  ERROR_KIND_UNSPECIFIED: 0,
  BUSINESS: 1,
  EXCEPTION: 2,
  TIMEOUT: 3,
  BAD_OUTPUT: 4,
} as const

export interface LogChunk {
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}
export const LogChunk = codec<LogChunk>("LogChunk")

export interface ResultAck {
  readonly invocationId: string
  readonly status: number
  readonly outputTxnId: string
  readonly detail: string
}
export const ResultAck = codec<ResultAck>("ResultAck")

export const AckStatus = {
  ACK_STATUS_UNSPECIFIED: 0,
  COMMITTED: 1,
  ALREADY_COMMITTED: 2,
  STALE: 3,
  REJECTED: 4,
} as const

export interface Progress {
  readonly invocationId: string
  readonly leaseToken: Uint8Array
  readonly logs: LogChunk | null
}
export const Progress = codec<Progress>("Progress")

export interface Credit {
  readonly maxInFlight: number
}
export const Credit = codec<Credit>("Credit")

export interface Cancel {
  readonly invocationId: string
  readonly reason: string
}
export const Cancel = codec<Cancel>("Cancel")

export interface Heartbeat {
  readonly unixMs: number
  readonly echo: number
}
export const Heartbeat = codec<Heartbeat>("Heartbeat")

export interface Drain {
  readonly graceMs: number
  readonly reconnectAfterMs: number
}
export const Drain = codec<Drain>("Drain")

export interface Goodbye {
  readonly reason: string
}
export const Goodbye = codec<Goodbye>("Goodbye")

export type CheckRequest = object
export const CheckRequest = codec<CheckRequest>("CheckRequest")

export interface CheckReply {
  readonly chainId: string
  readonly contractId: string
  readonly state: string
  readonly backlog: number
  readonly protocol: number
}
export const CheckReply = codec<CheckReply>("CheckReply")
