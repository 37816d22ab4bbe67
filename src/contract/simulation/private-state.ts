import { createHash } from 'node:crypto'
import { hashedKey, privateNamespace } from '../../ledger/contracts/namespaces.js'
import { type Binary, bytesOf } from '../../ledger/payload/binary.js'
import type { VersionedValue } from '../../ledger/world-state.js'
import type { PrivateWrite } from '../call.js'
import { collectionOf, isMember, type MemberCollection } from './collections.js'
import { readMetadata, writeMetadata } from './key-metadata.js'
import type { Rows } from './open-queries.js'
import type { KeyRange } from './range-query.js'
import type { RowSource } from './run-query.js'
import { readCommitted, requireKey, requireMayWrite, type Session } from './session.js'
import { type MetadataEntry, StateRequestError, type StateResult } from './state-requests.js'

const NOTHING = new Uint8Array()

/** What a contract does with one of its private collections. The chain has hashes of keys and values only. */
export class PrivateState {
  readonly #session: Session
  readonly #contract: string
  readonly #collection: MemberCollection
  readonly #namespace: string

  /** @throws {StateRequestError} where there is no such collection */
  constructor(session: Session, contract: string, collection: string) {
    if (session.call.isInit && contract === session.call.contract)
      throw new StateRequestError('private data APIs are not allowed in chaincode Init()')
    this.#session = session
    this.#contract = contract
    this.#collection = collectionOf(session.definitions, contract, collection)
    this.#namespace = privateNamespace(contract, collection)
  }

  get(key: string): Uint8Array {
    this.#requireRead()
    const hash = this.#readHash(key)
    return hash ? this.#held(key, hash) : NOTHING
  }

  /** Anybody may ask for it. */
  hash(key: string): Uint8Array {
    const hash = this.#readHash(key)
    return hash ? bytesOf(hash) : NOTHING
  }

  put(key: string, value: Uint8Array): void {
    this.#write({ key, value: value.length === 0 ? null : Uint8Array.from(value), isPurge: false })
  }

  delete(key: string): void {
    this.#write({ key, value: null, isPurge: false })
  }

  purge(key: string): void {
    this.#write({ key, value: null, isPurge: true })
  }

  metadata(key: string): readonly MetadataEntry[] {
    this.#requireRead()
    return readMetadata(this.#session, this.#namespace, hashedKey(requireKey(key)))
  }

  putMetadata(key: string, entry: MetadataEntry): void {
    this.#requireWrite()
    requireMayWrite(this.#session)
    writeMetadata(this.#session, this.#namespace, hashedKey(requireKey(key)), entry)
  }

  /** Nothing of what a query over private data sees is checked at commit, so the call must not write. */
  range(range: KeyRange): Rows<StateResult> {
    this.#requireQuery()
    return this.#rows(range)
  }

  source(): RowSource {
    this.#requireQuery()
    const rows = (start: string) => this.#rows({ start, end: '' })
    return {
      *rows(start) {
        for (const row of rows(start))
          yield { key: row?.key ?? '', text: row ? Buffer.from(row.value).toString('utf8') : '' }
      },
      take: (key) => ({ namespace: this.#contract, key, value: this.#committed(key) ?? NOTHING }),
    }
  }

  /** Keys that once had a value and have none now count for a while without a row. */
  *#rows({ start, end }: KeyRange): Generator<StateResult | undefined> {
    const { name } = this.#collection
    for (const key of this.#session.privateValues.keys(this.#contract, name, start, end)) {
      const value = this.#committed(key)
      yield value && { namespace: this.#contract, key, value }
    }
  }

  /** Without the call depending on it. */
  #committed(key: string): Uint8Array | undefined {
    const found = this.#alive(this.#session.snapshot.worldValue(this.#namespace, hashedKey(key)))
    return found && this.#held(key, found.value)
  }

  #readHash(key: string): Binary | undefined {
    return this.#alive(readCommitted(this.#session, this.#namespace, hashedKey(requireKey(key))))?.value
  }

  /** Undefined where the collection keeps values no longer than so: nodes may have forgotten this one, or not yet. */
  #alive(found: VersionedValue | undefined): VersionedValue | undefined {
    const { blockToLive } = this.#collection
    const age = found ? this.#session.snapshot.height - found.version.height : 0
    return blockToLive === 0 || age <= blockToLive ? found : undefined
  }

  #held(key: string, hash: Binary): Uint8Array {
    const { name } = this.#collection
    const hex = Buffer.from(bytesOf(hash)).toString('hex')
    const value = this.#session.privateValues.get(this.#contract, name, key, hex)
    if (value) return value
    throw new StateRequestError(
      `private data matching public hash version is not available: this node does not hold the value of a key in collection [${name}] of chaincode [${this.#contract}]`,
    )
  }

  #write(write: Pick<PrivateWrite, 'key' | 'value' | 'isPurge'>): void {
    this.#requireWrite()
    requireMayWrite(this.#session)
    const { record } = this.#session
    const place = hashedKey(requireKey(write.key))
    const hash = write.value && { hex: createHash('sha256').update(write.value).digest('hex') }
    record.write(this.#namespace, place, hash)
    record.writePrivate({ namespace: this.#contract, collection: this.#collection.name, ...write })
  }

  #requireQuery(): void {
    this.#requireRead()
    this.#session.record.beforePrivateQuery()
  }

  #requireRead(): void {
    if (this.#collection.memberOnlyRead) this.#requireMember('read')
  }

  #requireWrite(): void {
    if (this.#collection.memberOnlyWrite) this.#requireMember('write')
  }

  #requireMember(access: 'read' | 'write'): void {
    const { memberPolicy, name } = this.#collection
    if (isMember(memberPolicy, this.#session.call.caller.mspId)) return
    throw new StateRequestError(
      `tx creator does not have ${access} access permission on privatedata in chaincodeName:${this.#contract} collectionName: ${name}`,
    )
  }
}
