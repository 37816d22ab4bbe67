import { createHash } from 'node:crypto'
import { bufferOf, NO_BYTES, valueBytes } from './bytes.js'
import type { SplitCompositeKey } from './composite-key.js'
import { createCompositeKey, splitCompositeKey } from './composite-key.js'
import type { ChaincodeResponse, Handler } from './handler.js'
import type { StubTimestamp } from './timestamp.js'
import { LongSeconds } from './timestamp.js'
import type {
  ProposalFacts,
  SerializedIdentity,
  SignedProposalParts,
  TransactionInput,
} from './transaction-input.js'
import { StubQueries } from './stub-queries.js'

const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER'

/** The last event a contract set. */
export interface StubEvent {
  readonly eventName: string
  readonly payload: Uint8Array
}

function checkText(value: unknown, name: string): void {
  if (typeof value !== 'string' || value === '') throw new Error(`${name} must be a valid string`)
}

/** State requests without a result resolve to an empty buffer, though their type says nothing: Fabric's contracts return it. */
const nothing = NO_BYTES as unknown as undefined

/** What a contract sees of the ledger while one transaction runs. One for each transaction. */
export class ChaincodeStub extends StubQueries {
  static readonly RESPONSE_CODE = { OK: 200, ERRORTHRESHOLD: 400, ERROR: 500 } as const

  /** Set by setEvent. */
  chaincodeEvent: StubEvent | undefined

  readonly #input: TransactionInput
  readonly #args: string[]
  /** Writes held back between startWriteBatch and finishWriteBatch. */
  #batch: (() => Promise<void>)[] | undefined

  constructor(handler: Handler, input: TransactionInput) {
    super(handler)
    this.#input = input
    this.#args = input.args.map((arg) => bufferOf(arg).toString())
  }

  getArgs(): string[] {
    return this.#args
  }

  getStringArgs(): string[] {
    return this.#args
  }

  getBufferArgs(): Buffer[] {
    return this.#input.args.map(bufferOf)
  }

  getFunctionAndParameters(): { fcn: string; params: string[] } {
    const [fcn = '', ...params] = this.getStringArgs()
    return { fcn, params }
  }

  getTxID(): string {
    return this.#input.txId
  }

  getChannelID(): string {
    return this.#input.channelId
  }

  get #proposal(): ProposalFacts {
    if (!this.#input.proposal) throw new Error('the transaction came without a proposal')
    return this.#input.proposal
  }

  getCreator(): SerializedIdentity {
    return this.#input.proposal?.creator as SerializedIdentity
  }

  /** Of the peer this contract runs for, from the environment. @throws {Error} where CORE_PEER_LOCALMSPID is not set */
  getMspID(): string {
    const mspId = process.env['CORE_PEER_LOCALMSPID']
    if (mspId === undefined) throw new Error('CORE_PEER_LOCALMSPID is unset in chaincode process')
    return mspId
  }

  getTransient(): Map<string, Uint8Array> {
    return this.#input.proposal?.transient as Map<string, Uint8Array>
  }

  getSignedProposal(): SignedProposalParts {
    return this.#proposal.parts
  }

  #timestamp(): { readonly seconds: number; readonly nanos: number } {
    const { timestamp } = this.#proposal
    if (!timestamp) throw new Error('the transaction has no timestamp')
    return timestamp
  }

  getTxTimestamp(): StubTimestamp {
    const { seconds, nanos } = this.#timestamp()
    return { nanos, seconds: new LongSeconds(seconds) }
  }

  getDateTimestamp(): Date {
    const { seconds, nanos } = this.#timestamp()
    return new Date(seconds * 1000 + Math.floor(nanos / 1_000_000))
  }

  /** Hex SHA-256 over nonce, creator and eight zero bytes of an epoch that nobody uses. */
  getBinding(): string {
    const { nonce, creatorBytes } = this.#proposal
    return createHash('sha256').update(nonce).update(creatorBytes).update(Buffer.alloc(8)).digest('hex')
  }

  async getState(key: string): Promise<Uint8Array> {
    return bufferOf(await this.handler.getState(key, ''))
  }

  /** The values of several keys with one request, where the node takes such requests. */
  async getMultipleStates(...keys: string[]): Promise<Uint8Array[]> {
    return (await this.handler.getStateMultiple(keys, '')).map(bufferOf)
  }

  putState(key: string, value: Uint8Array | string): Promise<void> {
    return this.#write(() => this.handler.putState(key, valueBytes(value), ''))
  }

  deleteState(key: string): Promise<void> {
    return this.#write(() => this.handler.delState(key, ''))
  }

  setStateValidationParameter(key: string, ep: Uint8Array): Promise<void> {
    return this.#setValidationParameter(key, '', ep)
  }

  getStateValidationParameter(key: string): Promise<Uint8Array> {
    return this.#getValidationParameter(key, '')
  }

  async getPrivateData(collection: string, key: string): Promise<Uint8Array> {
    checkText(collection, 'collection')
    checkText(key, 'key')
    return bufferOf(await this.handler.getState(key, collection))
  }

  async getMultiplePrivateData(collection: string, ...keys: string[]): Promise<Uint8Array[]> {
    checkText(collection, 'collection')
    for (const key of keys) checkText(key, 'key')
    return (await this.handler.getStateMultiple(keys, collection)).map(bufferOf)
  }

  async getPrivateDataHash(collection: string, key: string): Promise<Uint8Array> {
    checkText(collection, 'collection')
    checkText(key, 'key')
    return bufferOf(await this.handler.getPrivateDataHash(key, collection))
  }

  async putPrivateData(collection: string, key: string, value: Uint8Array | string): Promise<void> {
    checkText(collection, 'collection')
    checkText(key, 'key')
    if (!value) throw new Error('value must be valid')
    return this.#write(() => this.handler.putState(key, valueBytes(value), collection))
  }

  async deletePrivateData(collection: string, key: string): Promise<void> {
    checkText(collection, 'collection')
    checkText(key, 'key')
    return this.#write(() => this.handler.delState(key, collection))
  }

  async purgePrivateData(collection: string, key: string): Promise<void> {
    checkText(collection, 'collection')
    checkText(key, 'key')
    return this.#write(() => this.handler.purgePrivateData(key, collection))
  }

  setPrivateDataValidationParameter(collection: string, key: string, ep: Uint8Array): Promise<void> {
    return this.#setValidationParameter(key, collection, ep)
  }

  getPrivateDataValidationParameter(collection: string, key: string): Promise<Uint8Array> {
    return this.#getValidationParameter(key, collection)
  }

  #setValidationParameter(key: string, collection: string, value: Uint8Array): Promise<void> {
    const entry = { metakey: VALIDATION_PARAMETER, value: valueBytes(value) }
    return this.#write(() => this.handler.putStateMetadata(key, collection, entry))
  }

  /** Undefined where there is none, as in Fabric. */
  async #getValidationParameter(key: string, collection: string): Promise<Uint8Array> {
    const entries = await this.handler.getStateMetadata(key, collection)
    return entries.find(({ metakey }) => metakey === VALIDATION_PARAMETER)?.value as Uint8Array
  }

  async invokeChaincode(
    chaincodeName: string,
    args: readonly (string | Uint8Array)[],
    channel = '',
  ): Promise<ChaincodeResponse> {
    const name = channel === '' ? chaincodeName : `${chaincodeName}/${channel}`
    return this.handler.invokeChaincode(name, args.map(valueBytes))
  }

  /** The last one of a transaction counts. @throws {Error} for an empty name */
  setEvent(name: string, payload: Uint8Array | string): void {
    if (typeof name !== 'string' || name === '') throw new Error('Event name must be a non-empty string')
    this.chaincodeEvent = { eventName: name, payload: valueBytes(payload) }
  }

  createCompositeKey(objectType: string, attributes: readonly string[]): string {
    return createCompositeKey(objectType, attributes)
  }

  splitCompositeKey(compositeKey: string): SplitCompositeKey {
    return splitCompositeKey(compositeKey)
  }

  /** From now on writes are held back, to be sent together. */
  startWriteBatch(): void {
    this.#batch ??= []
  }

  /** Sends what was held back; at the end of a transaction this happens by itself. */
  async finishWriteBatch(): Promise<void> {
    const batch = this.#batch
    this.#batch = undefined
    if (batch) await Promise.all(batch.map((write) => write()))
  }

  async #write(write: () => Promise<void>): Promise<void> {
    if (this.#batch) this.#batch.push(write)
    else await write()
    return nothing
  }
}
