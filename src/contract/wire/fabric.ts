/** Generated from common/proto/fabric.proto: change that, then run npm run generate. */
import { codecs } from './codec.js'

const codec = codecs("{\"nested\":{\"Timestamp\":{\"fields\":{\"seconds\":{\"type\":\"int64\",\"id\":1},\"nanos\":{\"type\":\"int32\",\"id\":2}}},\"ChaincodeMessage\":{\"fields\":{\"type\":{\"type\":\"Type\",\"id\":1},\"timestamp\":{\"type\":\"Timestamp\",\"id\":2},\"payload\":{\"type\":\"bytes\",\"id\":3},\"txid\":{\"type\":\"string\",\"id\":4},\"proposal\":{\"type\":\"SignedProposal\",\"id\":5},\"chaincodeEvent\":{\"type\":\"ChaincodeEvent\",\"id\":6,\"protoName\":\"chaincode_event\"},\"channelId\":{\"type\":\"string\",\"id\":7,\"protoName\":\"channel_id\"}},\"nested\":{\"Type\":{\"values\":{\"UNDEFINED\":0,\"REGISTER\":1,\"REGISTERED\":2,\"INIT\":3,\"READY\":4,\"TRANSACTION\":5,\"COMPLETED\":6,\"ERROR\":7,\"GET_STATE\":8,\"PUT_STATE\":9,\"DEL_STATE\":10,\"INVOKE_CHAINCODE\":11,\"RESPONSE\":13,\"GET_STATE_BY_RANGE\":14,\"GET_QUERY_RESULT\":15,\"QUERY_STATE_NEXT\":16,\"QUERY_STATE_CLOSE\":17,\"KEEPALIVE\":18,\"GET_HISTORY_FOR_KEY\":19,\"GET_STATE_METADATA\":20,\"PUT_STATE_METADATA\":21,\"GET_PRIVATE_DATA_HASH\":22,\"PURGE_PRIVATE_DATA\":23,\"WRITE_BATCH_STATE\":24,\"GET_STATE_MULTIPLE\":25}}}},\"ChaincodeAdditionalParams\":{\"fields\":{\"useWriteBatch\":{\"type\":\"bool\",\"id\":1,\"protoName\":\"use_write_batch\"},\"maxSizeWriteBatch\":{\"type\":\"uint32\",\"id\":2,\"protoName\":\"max_size_write_batch\"},\"useGetMultipleKeys\":{\"type\":\"bool\",\"id\":3,\"protoName\":\"use_get_multiple_keys\"},\"maxSizeGetMultipleKeys\":{\"type\":\"uint32\",\"id\":4,\"protoName\":\"max_size_get_multiple_keys\"}}},\"GetState\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1},\"collection\":{\"type\":\"string\",\"id\":2}}},\"GetStateMultiple\":{\"fields\":{\"keys\":{\"rule\":\"repeated\",\"type\":\"string\",\"id\":1},\"collection\":{\"type\":\"string\",\"id\":2}}},\"GetStateMultipleResult\":{\"fields\":{\"values\":{\"rule\":\"repeated\",\"type\":\"bytes\",\"id\":1}}},\"PutState\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1},\"value\":{\"type\":\"bytes\",\"id\":2},\"collection\":{\"type\":\"string\",\"id\":3}}},\"DelState\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1},\"collection\":{\"type\":\"string\",\"id\":2}}},\"PurgePrivateState\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1},\"collection\":{\"type\":\"string\",\"id\":2}}},\"GetStateMetadata\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1},\"collection\":{\"type\":\"string\",\"id\":2}}},\"PutStateMetadata\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1},\"collection\":{\"type\":\"string\",\"id\":3},\"metadata\":{\"type\":\"StateMetadata\",\"id\":4}}},\"StateMetadata\":{\"fields\":{\"metakey\":{\"type\":\"string\",\"id\":1},\"value\":{\"type\":\"bytes\",\"id\":2}}},\"StateMetadataResult\":{\"fields\":{\"entries\":{\"rule\":\"repeated\",\"type\":\"StateMetadata\",\"id\":1}}},\"GetStateByRange\":{\"fields\":{\"startKey\":{\"type\":\"string\",\"id\":1,\"protoName\":\"start_key\"},\"endKey\":{\"type\":\"string\",\"id\":2,\"protoName\":\"end_key\"},\"collection\":{\"type\":\"string\",\"id\":3},\"metadata\":{\"type\":\"bytes\",\"id\":4}}},\"GetQueryResult\":{\"fields\":{\"query\":{\"type\":\"string\",\"id\":1},\"collection\":{\"type\":\"string\",\"id\":2},\"metadata\":{\"type\":\"bytes\",\"id\":3}}},\"QueryMetadata\":{\"fields\":{\"pageSize\":{\"type\":\"int32\",\"id\":1,\"protoName\":\"page_size\"},\"bookmark\":{\"type\":\"string\",\"id\":2}}},\"GetHistoryForKey\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1}}},\"QueryStateNext\":{\"fields\":{\"id\":{\"type\":\"string\",\"id\":1}}},\"QueryStateClose\":{\"fields\":{\"id\":{\"type\":\"string\",\"id\":1}}},\"QueryResultBytes\":{\"fields\":{\"resultBytes\":{\"type\":\"bytes\",\"id\":1,\"protoName\":\"result_bytes\"}}},\"QueryResponse\":{\"fields\":{\"results\":{\"rule\":\"repeated\",\"type\":\"QueryResultBytes\",\"id\":1},\"hasMore\":{\"type\":\"bool\",\"id\":2,\"protoName\":\"has_more\"},\"id\":{\"type\":\"string\",\"id\":3},\"metadata\":{\"type\":\"bytes\",\"id\":4}}},\"QueryResponseMetadata\":{\"fields\":{\"fetchedRecordsCount\":{\"type\":\"int32\",\"id\":1,\"protoName\":\"fetched_records_count\"},\"bookmark\":{\"type\":\"string\",\"id\":2}}},\"KV\":{\"fields\":{\"namespace\":{\"type\":\"string\",\"id\":1},\"key\":{\"type\":\"string\",\"id\":2},\"value\":{\"type\":\"bytes\",\"id\":3}}},\"KeyModification\":{\"fields\":{\"txId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"tx_id\"},\"value\":{\"type\":\"bytes\",\"id\":2},\"timestamp\":{\"type\":\"Timestamp\",\"id\":3},\"isDelete\":{\"type\":\"bool\",\"id\":4,\"protoName\":\"is_delete\"}}},\"WriteRecord\":{\"fields\":{\"key\":{\"type\":\"string\",\"id\":1},\"value\":{\"type\":\"bytes\",\"id\":2},\"collection\":{\"type\":\"string\",\"id\":3},\"metadata\":{\"type\":\"StateMetadata\",\"id\":4},\"type\":{\"type\":\"Type\",\"id\":5}},\"nested\":{\"Type\":{\"values\":{\"UNDEFINED\":0,\"PUT_STATE\":9,\"DEL_STATE\":10,\"PUT_STATE_METADATA\":21,\"PURGE_PRIVATE_DATA\":23}}}},\"WriteBatchState\":{\"fields\":{\"rec\":{\"rule\":\"repeated\",\"type\":\"WriteRecord\",\"id\":1}}},\"ChaincodeID\":{\"fields\":{\"path\":{\"type\":\"string\",\"id\":1},\"name\":{\"type\":\"string\",\"id\":2},\"version\":{\"type\":\"string\",\"id\":3}}},\"ChaincodeInput\":{\"fields\":{\"args\":{\"rule\":\"repeated\",\"type\":\"bytes\",\"id\":1},\"decorations\":{\"keyType\":\"string\",\"type\":\"bytes\",\"id\":2},\"isInit\":{\"type\":\"bool\",\"id\":3,\"protoName\":\"is_init\"}}},\"ChaincodeSpec\":{\"fields\":{\"type\":{\"type\":\"int32\",\"id\":1},\"chaincodeId\":{\"type\":\"ChaincodeID\",\"id\":2,\"protoName\":\"chaincode_id\"},\"input\":{\"type\":\"ChaincodeInput\",\"id\":3},\"timeout\":{\"type\":\"int32\",\"id\":4}}},\"ChaincodeInvocationSpec\":{\"fields\":{\"chaincodeSpec\":{\"type\":\"ChaincodeSpec\",\"id\":1,\"protoName\":\"chaincode_spec\"}}},\"ChaincodeHeaderExtension\":{\"fields\":{\"chaincodeId\":{\"type\":\"ChaincodeID\",\"id\":2,\"protoName\":\"chaincode_id\"}}},\"ChaincodeProposalPayload\":{\"fields\":{\"input\":{\"type\":\"bytes\",\"id\":1},\"transientMap\":{\"keyType\":\"string\",\"type\":\"bytes\",\"id\":2,\"protoName\":\"transient_map\"}}},\"ChaincodeEvent\":{\"fields\":{\"chaincodeId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"chaincode_id\"},\"txId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"tx_id\"},\"eventName\":{\"type\":\"string\",\"id\":3,\"protoName\":\"event_name\"},\"payload\":{\"type\":\"bytes\",\"id\":4}}},\"Response\":{\"fields\":{\"status\":{\"type\":\"int32\",\"id\":1},\"message\":{\"type\":\"string\",\"id\":2},\"payload\":{\"type\":\"bytes\",\"id\":3}}},\"SignedProposal\":{\"fields\":{\"proposalBytes\":{\"type\":\"bytes\",\"id\":1,\"protoName\":\"proposal_bytes\"},\"signature\":{\"type\":\"bytes\",\"id\":2}}},\"Proposal\":{\"fields\":{\"header\":{\"type\":\"bytes\",\"id\":1},\"payload\":{\"type\":\"bytes\",\"id\":2}}},\"Header\":{\"fields\":{\"channelHeader\":{\"type\":\"bytes\",\"id\":1,\"protoName\":\"channel_header\"},\"signatureHeader\":{\"type\":\"bytes\",\"id\":2,\"protoName\":\"signature_header\"}}},\"ChannelHeader\":{\"fields\":{\"type\":{\"type\":\"int32\",\"id\":1},\"version\":{\"type\":\"int32\",\"id\":2},\"timestamp\":{\"type\":\"Timestamp\",\"id\":3},\"channelId\":{\"type\":\"string\",\"id\":4,\"protoName\":\"channel_id\"},\"txId\":{\"type\":\"string\",\"id\":5,\"protoName\":\"tx_id\"},\"epoch\":{\"type\":\"uint64\",\"id\":6},\"extension\":{\"type\":\"bytes\",\"id\":7},\"tlsCertHash\":{\"type\":\"bytes\",\"id\":8,\"protoName\":\"tls_cert_hash\"}}},\"SignatureHeader\":{\"fields\":{\"creator\":{\"type\":\"bytes\",\"id\":1},\"nonce\":{\"type\":\"bytes\",\"id\":2}}},\"SerializedIdentity\":{\"fields\":{\"mspid\":{\"type\":\"string\",\"id\":1},\"idBytes\":{\"type\":\"bytes\",\"id\":2,\"protoName\":\"id_bytes\"}}},\"ProposalResponsePayload\":{\"fields\":{\"proposalHash\":{\"type\":\"bytes\",\"id\":1,\"protoName\":\"proposal_hash\"},\"extension\":{\"type\":\"bytes\",\"id\":2}}},\"ChaincodeAction\":{\"fields\":{\"results\":{\"type\":\"bytes\",\"id\":1},\"events\":{\"type\":\"bytes\",\"id\":2},\"response\":{\"type\":\"Response\",\"id\":3},\"chaincodeId\":{\"type\":\"ChaincodeID\",\"id\":4,\"protoName\":\"chaincode_id\"}}},\"Endorsement\":{\"fields\":{\"endorser\":{\"type\":\"bytes\",\"id\":1},\"signature\":{\"type\":\"bytes\",\"id\":2}}},\"ChaincodeEndorsedAction\":{\"fields\":{\"proposalResponsePayload\":{\"type\":\"bytes\",\"id\":1,\"protoName\":\"proposal_response_payload\"},\"endorsements\":{\"rule\":\"repeated\",\"type\":\"Endorsement\",\"id\":2}}},\"ChaincodeActionPayload\":{\"fields\":{\"chaincodeProposalPayload\":{\"type\":\"bytes\",\"id\":1,\"protoName\":\"chaincode_proposal_payload\"},\"action\":{\"type\":\"ChaincodeEndorsedAction\",\"id\":2}}},\"TransactionAction\":{\"fields\":{\"header\":{\"type\":\"bytes\",\"id\":1},\"payload\":{\"type\":\"bytes\",\"id\":2}}},\"Transaction\":{\"fields\":{\"actions\":{\"rule\":\"repeated\",\"type\":\"TransactionAction\",\"id\":1}}},\"Payload\":{\"fields\":{\"header\":{\"type\":\"Header\",\"id\":1},\"data\":{\"type\":\"bytes\",\"id\":2}}},\"Envelope\":{\"fields\":{\"payload\":{\"type\":\"bytes\",\"id\":1},\"signature\":{\"type\":\"bytes\",\"id\":2}}},\"SignaturePolicyEnvelope\":{\"fields\":{\"version\":{\"type\":\"int32\",\"id\":1},\"rule\":{\"type\":\"SignaturePolicy\",\"id\":2},\"identities\":{\"rule\":\"repeated\",\"type\":\"MSPPrincipal\",\"id\":3}}},\"SignaturePolicy\":{\"oneofs\":{\"kind\":{\"oneof\":[\"signedBy\",\"nOutOf\"]}},\"fields\":{\"signedBy\":{\"type\":\"int32\",\"id\":1,\"protoName\":\"signed_by\"},\"nOutOf\":{\"type\":\"NOutOf\",\"id\":2,\"protoName\":\"n_out_of\"}},\"nested\":{\"NOutOf\":{\"fields\":{\"n\":{\"type\":\"int32\",\"id\":1},\"rules\":{\"rule\":\"repeated\",\"type\":\"SignaturePolicy\",\"id\":2}}}}},\"MSPPrincipal\":{\"fields\":{\"principalClassification\":{\"type\":\"int32\",\"id\":1,\"protoName\":\"principal_classification\"},\"principal\":{\"type\":\"bytes\",\"id\":2}}},\"MSPRole\":{\"fields\":{\"mspIdentifier\":{\"type\":\"string\",\"id\":1,\"protoName\":\"msp_identifier\"},\"role\":{\"type\":\"int32\",\"id\":2}}},\"EndorseRequest\":{\"fields\":{\"transactionId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"transaction_id\"},\"channelId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"channel_id\"},\"proposedTransaction\":{\"type\":\"SignedProposal\",\"id\":3,\"protoName\":\"proposed_transaction\"},\"endorsingOrganizations\":{\"rule\":\"repeated\",\"type\":\"string\",\"id\":4,\"protoName\":\"endorsing_organizations\"}}},\"EndorseResponse\":{\"fields\":{\"preparedTransaction\":{\"type\":\"Envelope\",\"id\":1,\"protoName\":\"prepared_transaction\"}}},\"SubmitRequest\":{\"fields\":{\"transactionId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"transaction_id\"},\"channelId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"channel_id\"},\"preparedTransaction\":{\"type\":\"Envelope\",\"id\":3,\"protoName\":\"prepared_transaction\"}}},\"SubmitResponse\":{\"fields\":{}},\"SignedCommitStatusRequest\":{\"fields\":{\"request\":{\"type\":\"bytes\",\"id\":1},\"signature\":{\"type\":\"bytes\",\"id\":2}}},\"CommitStatusRequest\":{\"fields\":{\"transactionId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"transaction_id\"},\"channelId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"channel_id\"},\"identity\":{\"type\":\"bytes\",\"id\":3}}},\"CommitStatusResponse\":{\"fields\":{\"result\":{\"type\":\"int32\",\"id\":1},\"blockNumber\":{\"type\":\"uint64\",\"id\":2,\"protoName\":\"block_number\"}}},\"EvaluateRequest\":{\"fields\":{\"transactionId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"transaction_id\"},\"channelId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"channel_id\"},\"proposedTransaction\":{\"type\":\"SignedProposal\",\"id\":3,\"protoName\":\"proposed_transaction\"},\"targetOrganizations\":{\"rule\":\"repeated\",\"type\":\"string\",\"id\":4,\"protoName\":\"target_organizations\"}}},\"EvaluateResponse\":{\"fields\":{\"result\":{\"type\":\"Response\",\"id\":1}}},\"SignedChaincodeEventsRequest\":{\"fields\":{\"request\":{\"type\":\"bytes\",\"id\":1},\"signature\":{\"type\":\"bytes\",\"id\":2}}},\"ChaincodeEventsRequest\":{\"fields\":{\"channelId\":{\"type\":\"string\",\"id\":1,\"protoName\":\"channel_id\"},\"chaincodeId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"chaincode_id\"},\"identity\":{\"type\":\"bytes\",\"id\":3},\"startPosition\":{\"type\":\"SeekPosition\",\"id\":4,\"protoName\":\"start_position\"},\"afterTransactionId\":{\"type\":\"string\",\"id\":5,\"protoName\":\"after_transaction_id\"}}},\"SeekPosition\":{\"oneofs\":{\"kind\":{\"oneof\":[\"newest\",\"oldest\",\"specified\",\"nextCommit\"]}},\"fields\":{\"newest\":{\"type\":\"SeekNewest\",\"id\":1},\"oldest\":{\"type\":\"SeekOldest\",\"id\":2},\"specified\":{\"type\":\"SeekSpecified\",\"id\":3},\"nextCommit\":{\"type\":\"SeekNextCommit\",\"id\":4,\"protoName\":\"next_commit\"}}},\"SeekNewest\":{\"fields\":{}},\"SeekOldest\":{\"fields\":{}},\"SeekSpecified\":{\"fields\":{\"number\":{\"type\":\"uint64\",\"id\":1}}},\"SeekNextCommit\":{\"fields\":{}},\"ChaincodeEventsResponse\":{\"fields\":{\"events\":{\"rule\":\"repeated\",\"type\":\"ChaincodeEvent\",\"id\":1},\"blockNumber\":{\"type\":\"uint64\",\"id\":2,\"protoName\":\"block_number\"}}},\"ErrorDetail\":{\"fields\":{\"address\":{\"type\":\"string\",\"id\":1},\"mspId\":{\"type\":\"string\",\"id\":2,\"protoName\":\"msp_id\"},\"message\":{\"type\":\"string\",\"id\":3}}},\"Status\":{\"fields\":{\"code\":{\"type\":\"int32\",\"id\":1},\"message\":{\"type\":\"string\",\"id\":2},\"details\":{\"rule\":\"repeated\",\"type\":\"Any\",\"id\":3}}},\"Any\":{\"fields\":{\"typeUrl\":{\"type\":\"string\",\"id\":1,\"protoName\":\"type_url\"},\"value\":{\"type\":\"bytes\",\"id\":2}}}}}")

export interface Timestamp {
  readonly seconds: number
  readonly nanos: number
}
export const Timestamp = codec<Timestamp>("Timestamp")

export const ChaincodeMessageType = {
  UNDEFINED: 0,
  REGISTER: 1,
  REGISTERED: 2,
  INIT: 3,
  READY: 4,
  TRANSACTION: 5,
  COMPLETED: 6,
  ERROR: 7,
  GET_STATE: 8,
  PUT_STATE: 9,
  DEL_STATE: 10,
  INVOKE_CHAINCODE: 11,
  RESPONSE: 13,
  GET_STATE_BY_RANGE: 14,
  GET_QUERY_RESULT: 15,
  QUERY_STATE_NEXT: 16,
  QUERY_STATE_CLOSE: 17,
  KEEPALIVE: 18,
  GET_HISTORY_FOR_KEY: 19,
  GET_STATE_METADATA: 20,
  PUT_STATE_METADATA: 21,
  GET_PRIVATE_DATA_HASH: 22,
  PURGE_PRIVATE_DATA: 23,
  WRITE_BATCH_STATE: 24,
  GET_STATE_MULTIPLE: 25,
} as const

export interface ChaincodeMessage {
  readonly type: number
  readonly timestamp: Timestamp | null
  readonly payload: Uint8Array
  readonly txid: string
  readonly proposal: SignedProposal | null
  readonly chaincodeEvent: ChaincodeEvent | null
  readonly channelId: string
}
export const ChaincodeMessage = codec<ChaincodeMessage>("ChaincodeMessage")

export interface ChaincodeAdditionalParams {
  readonly useWriteBatch: boolean
  readonly maxSizeWriteBatch: number
  readonly useGetMultipleKeys: boolean
  readonly maxSizeGetMultipleKeys: number
}
export const ChaincodeAdditionalParams = codec<ChaincodeAdditionalParams>("ChaincodeAdditionalParams")

export interface GetState {
  readonly key: string
  readonly collection: string
}
export const GetState = codec<GetState>("GetState")

export interface GetStateMultiple {
  readonly keys: readonly string[]
  readonly collection: string
}
export const GetStateMultiple = codec<GetStateMultiple>("GetStateMultiple")

export interface GetStateMultipleResult {
  readonly values: readonly Uint8Array[]
}
export const GetStateMultipleResult = codec<GetStateMultipleResult>("GetStateMultipleResult")

export interface PutState {
  readonly key: string
  readonly value: Uint8Array
  readonly collection: string
}
export const PutState = codec<PutState>("PutState")

export interface DelState {
  readonly key: string
  readonly collection: string
}
export const DelState = codec<DelState>("DelState")

export interface PurgePrivateState {
  readonly key: string
  readonly collection: string
}
export const PurgePrivateState = codec<PurgePrivateState>("PurgePrivateState")

export interface GetStateMetadata {
  readonly key: string
  readonly collection: string
}
export const GetStateMetadata = codec<GetStateMetadata>("GetStateMetadata")

export interface PutStateMetadata {
  readonly key: string
  readonly collection: string
  readonly metadata: StateMetadata | null
}
export const PutStateMetadata = codec<PutStateMetadata>("PutStateMetadata")

export interface StateMetadata {
  readonly metakey: string
  readonly value: Uint8Array
}
export const StateMetadata = codec<StateMetadata>("StateMetadata")

export interface StateMetadataResult {
  readonly entries: readonly StateMetadata[]
}
export const StateMetadataResult = codec<StateMetadataResult>("StateMetadataResult")

export interface GetStateByRange {
  readonly startKey: string
  readonly endKey: string
  readonly collection: string
  readonly metadata: Uint8Array
}
export const GetStateByRange = codec<GetStateByRange>("GetStateByRange")

export interface GetQueryResult {
  readonly query: string
  readonly collection: string
  readonly metadata: Uint8Array
}
export const GetQueryResult = codec<GetQueryResult>("GetQueryResult")

export interface QueryMetadata {
  readonly pageSize: number
  readonly bookmark: string
}
export const QueryMetadata = codec<QueryMetadata>("QueryMetadata")

export interface GetHistoryForKey {
  readonly key: string
}
export const GetHistoryForKey = codec<GetHistoryForKey>("GetHistoryForKey")

export interface QueryStateNext {
  readonly id: string
}
export const QueryStateNext = codec<QueryStateNext>("QueryStateNext")

export interface QueryStateClose {
  readonly id: string
}
export const QueryStateClose = codec<QueryStateClose>("QueryStateClose")

export interface QueryResultBytes {
  readonly resultBytes: Uint8Array
}
export const QueryResultBytes = codec<QueryResultBytes>("QueryResultBytes")

export interface QueryResponse {
  readonly results: readonly QueryResultBytes[]
  readonly hasMore: boolean
  readonly id: string
  readonly metadata: Uint8Array
}
export const QueryResponse = codec<QueryResponse>("QueryResponse")

export interface QueryResponseMetadata {
  readonly fetchedRecordsCount: number
  readonly bookmark: string
}
export const QueryResponseMetadata = codec<QueryResponseMetadata>("QueryResponseMetadata")

export interface KV {
  readonly namespace: string
  readonly key: string
  readonly value: Uint8Array
}
export const KV = codec<KV>("KV")

export interface KeyModification {
  readonly txId: string
  readonly value: Uint8Array
  readonly timestamp: Timestamp | null
  readonly isDelete: boolean
}
export const KeyModification = codec<KeyModification>("KeyModification")

export const WriteRecordType = {
  UNDEFINED: 0,
  PUT_STATE: 9,
  DEL_STATE: 10,
  PUT_STATE_METADATA: 21,
  PURGE_PRIVATE_DATA: 23,
} as const

export interface WriteRecord {
  readonly key: string
  readonly value: Uint8Array
  readonly collection: string
  readonly metadata: StateMetadata | null
  readonly type: number
}
export const WriteRecord = codec<WriteRecord>("WriteRecord")

export interface WriteBatchState {
  readonly rec: readonly WriteRecord[]
}
export const WriteBatchState = codec<WriteBatchState>("WriteBatchState")

export interface ChaincodeID {
  readonly path: string
  readonly name: string
  readonly version: string
}
export const ChaincodeID = codec<ChaincodeID>("ChaincodeID")

export interface ChaincodeInput {
  readonly args: readonly Uint8Array[]
  readonly decorations: Readonly<Record<string, Uint8Array>>
  readonly isInit: boolean
}
export const ChaincodeInput = codec<ChaincodeInput>("ChaincodeInput")

export interface ChaincodeSpec {
  readonly type: number
  readonly chaincodeId: ChaincodeID | null
  readonly input: ChaincodeInput | null
  readonly timeout: number
}
export const ChaincodeSpec = codec<ChaincodeSpec>("ChaincodeSpec")

export interface ChaincodeInvocationSpec {
  readonly chaincodeSpec: ChaincodeSpec | null
}
export const ChaincodeInvocationSpec = codec<ChaincodeInvocationSpec>("ChaincodeInvocationSpec")

export interface ChaincodeHeaderExtension {
  readonly chaincodeId: ChaincodeID | null
}
export const ChaincodeHeaderExtension = codec<ChaincodeHeaderExtension>("ChaincodeHeaderExtension")

export interface ChaincodeProposalPayload {
  readonly input: Uint8Array
  readonly transientMap: Readonly<Record<string, Uint8Array>>
}
export const ChaincodeProposalPayload = codec<ChaincodeProposalPayload>("ChaincodeProposalPayload")

export interface ChaincodeEvent {
  readonly chaincodeId: string
  readonly txId: string
  readonly eventName: string
  readonly payload: Uint8Array
}
export const ChaincodeEvent = codec<ChaincodeEvent>("ChaincodeEvent")

export interface Response {
  readonly status: number
  readonly message: string
  readonly payload: Uint8Array
}
export const Response = codec<Response>("Response")

export interface SignedProposal {
  readonly proposalBytes: Uint8Array
  readonly signature: Uint8Array
}
export const SignedProposal = codec<SignedProposal>("SignedProposal")

export interface Proposal {
  readonly header: Uint8Array
  readonly payload: Uint8Array
}
export const Proposal = codec<Proposal>("Proposal")

export interface Header {
  readonly channelHeader: Uint8Array
  readonly signatureHeader: Uint8Array
}
export const Header = codec<Header>("Header")

export interface ChannelHeader {
  readonly type: number
  readonly version: number
  readonly timestamp: Timestamp | null
  readonly channelId: string
  readonly txId: string
  readonly epoch: number
  readonly extension: Uint8Array
  readonly tlsCertHash: Uint8Array
}
export const ChannelHeader = codec<ChannelHeader>("ChannelHeader")

export interface SignatureHeader {
  readonly creator: Uint8Array
  readonly nonce: Uint8Array
}
export const SignatureHeader = codec<SignatureHeader>("SignatureHeader")

export interface SerializedIdentity {
  readonly mspid: string
  readonly idBytes: Uint8Array
}
export const SerializedIdentity = codec<SerializedIdentity>("SerializedIdentity")

export interface ProposalResponsePayload {
  readonly proposalHash: Uint8Array
  readonly extension: Uint8Array
}
export const ProposalResponsePayload = codec<ProposalResponsePayload>("ProposalResponsePayload")

export interface ChaincodeAction {
  readonly results: Uint8Array
  readonly events: Uint8Array
  readonly response: Response | null
  readonly chaincodeId: ChaincodeID | null
}
export const ChaincodeAction = codec<ChaincodeAction>("ChaincodeAction")

export interface Endorsement {
  readonly endorser: Uint8Array
  readonly signature: Uint8Array
}
export const Endorsement = codec<Endorsement>("Endorsement")

export interface ChaincodeEndorsedAction {
  readonly proposalResponsePayload: Uint8Array
  readonly endorsements: readonly Endorsement[]
}
export const ChaincodeEndorsedAction = codec<ChaincodeEndorsedAction>("ChaincodeEndorsedAction")

export interface ChaincodeActionPayload {
  readonly chaincodeProposalPayload: Uint8Array
  readonly action: ChaincodeEndorsedAction | null
}
export const ChaincodeActionPayload = codec<ChaincodeActionPayload>("ChaincodeActionPayload")

export interface TransactionAction {
  readonly header: Uint8Array
  readonly payload: Uint8Array
}
export const TransactionAction = codec<TransactionAction>("TransactionAction")

export interface Transaction {
  readonly actions: readonly TransactionAction[]
}
export const Transaction = codec<Transaction>("Transaction")

export interface Payload {
  readonly header: Header | null
  readonly data: Uint8Array
}
export const Payload = codec<Payload>("Payload")

export interface Envelope {
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}
export const Envelope = codec<Envelope>("Envelope")

export interface SignaturePolicyEnvelope {
  readonly version: number
  readonly rule: SignaturePolicy | null
  readonly identities: readonly MSPPrincipal[]
}
export const SignaturePolicyEnvelope = codec<SignaturePolicyEnvelope>("SignaturePolicyEnvelope")

export interface SignaturePolicyNOutOf {
  readonly n: number
  readonly rules: readonly SignaturePolicy[]
}
export const SignaturePolicyNOutOf = codec<SignaturePolicyNOutOf>("SignaturePolicy.NOutOf")

export interface SignaturePolicy {
  readonly signedBy: number | null | undefined
  readonly nOutOf: SignaturePolicyNOutOf | null | undefined
}
export const SignaturePolicy = codec<SignaturePolicy>("SignaturePolicy")

export interface MSPPrincipal {
  readonly principalClassification: number
  readonly principal: Uint8Array
}
export const MSPPrincipal = codec<MSPPrincipal>("MSPPrincipal")

export interface MSPRole {
  readonly mspIdentifier: string
  readonly role: number
}
export const MSPRole = codec<MSPRole>("MSPRole")

export interface EndorseRequest {
  readonly transactionId: string
  readonly channelId: string
  readonly proposedTransaction: SignedProposal | null
  readonly endorsingOrganizations: readonly string[]
}
export const EndorseRequest = codec<EndorseRequest>("EndorseRequest")

export interface EndorseResponse {
  readonly preparedTransaction: Envelope | null
}
export const EndorseResponse = codec<EndorseResponse>("EndorseResponse")

export interface SubmitRequest {
  readonly transactionId: string
  readonly channelId: string
  readonly preparedTransaction: Envelope | null
}
export const SubmitRequest = codec<SubmitRequest>("SubmitRequest")

export type SubmitResponse = object
export const SubmitResponse = codec<SubmitResponse>("SubmitResponse")

export interface SignedCommitStatusRequest {
  readonly request: Uint8Array
  readonly signature: Uint8Array
}
export const SignedCommitStatusRequest = codec<SignedCommitStatusRequest>("SignedCommitStatusRequest")

export interface CommitStatusRequest {
  readonly transactionId: string
  readonly channelId: string
  readonly identity: Uint8Array
}
export const CommitStatusRequest = codec<CommitStatusRequest>("CommitStatusRequest")

export interface CommitStatusResponse {
  readonly result: number
  readonly blockNumber: number
}
export const CommitStatusResponse = codec<CommitStatusResponse>("CommitStatusResponse")

export interface EvaluateRequest {
  readonly transactionId: string
  readonly channelId: string
  readonly proposedTransaction: SignedProposal | null
  readonly targetOrganizations: readonly string[]
}
export const EvaluateRequest = codec<EvaluateRequest>("EvaluateRequest")

export interface EvaluateResponse {
  readonly result: Response | null
}
export const EvaluateResponse = codec<EvaluateResponse>("EvaluateResponse")

export interface SignedChaincodeEventsRequest {
  readonly request: Uint8Array
  readonly signature: Uint8Array
}
export const SignedChaincodeEventsRequest = codec<SignedChaincodeEventsRequest>("SignedChaincodeEventsRequest")

export interface ChaincodeEventsRequest {
  readonly channelId: string
  readonly chaincodeId: string
  readonly identity: Uint8Array
  readonly startPosition: SeekPosition | null
  readonly afterTransactionId: string
}
export const ChaincodeEventsRequest = codec<ChaincodeEventsRequest>("ChaincodeEventsRequest")

export interface SeekPosition {
  readonly newest: SeekNewest | null | undefined
  readonly oldest: SeekOldest | null | undefined
  readonly specified: SeekSpecified | null | undefined
  readonly nextCommit: SeekNextCommit | null | undefined
}
export const SeekPosition = codec<SeekPosition>("SeekPosition")

export type SeekNewest = object
export const SeekNewest = codec<SeekNewest>("SeekNewest")

export type SeekOldest = object
export const SeekOldest = codec<SeekOldest>("SeekOldest")

export interface SeekSpecified {
  readonly number: number
}
export const SeekSpecified = codec<SeekSpecified>("SeekSpecified")

export type SeekNextCommit = object
export const SeekNextCommit = codec<SeekNextCommit>("SeekNextCommit")

export interface ChaincodeEventsResponse {
  readonly events: readonly ChaincodeEvent[]
  readonly blockNumber: number
}
export const ChaincodeEventsResponse = codec<ChaincodeEventsResponse>("ChaincodeEventsResponse")

export interface ErrorDetail {
  readonly address: string
  readonly mspId: string
  readonly message: string
}
export const ErrorDetail = codec<ErrorDetail>("ErrorDetail")

export interface Status {
  readonly code: number
  readonly message: string
  readonly details: readonly Any[]
}
export const Status = codec<Status>("Status")

export interface Any {
  readonly typeUrl: string
  readonly value: Uint8Array
}
export const Any = codec<Any>("Any")
