import { DIALECTS, type Family } from './family.js'
import { decodeAddr, encodeAddr, type TimedAddress } from './messages/addr.js'
import { decodeAddrV2, encodeAddrV2, type AddressV2 } from './messages/addrv2.js'
import { decodeAuthCh, encodeAuthCh, type AuthCh } from './messages/authch.js'
import { decodeAuthResp, encodeAuthResp, type AuthResp } from './messages/authresp.js'
import { decodeBlockTxn, encodeBlockTxn, type BlockTxn } from './messages/blocktxn.js'
import { decodeCmpctBlock, encodeCmpctBlock, type CmpctBlock } from './messages/cmpctblock.js'
import { decodeCreateStrm, encodeCreateStrm, type CreateStrm } from './messages/createstrm.js'
import { decodeEmpty, encodeEmpty, EMPTY_COMMANDS, type EmptyCommand } from './messages/empty.js'
import { decodeFeeFilter, encodeFeeFilter, type FeeFilter } from './messages/feefilter.js'
import { decodeGetBlocks, encodeGetBlocks, type GetBlocks } from './messages/getblocks.js'
import { decodeGetBlockTxn, encodeGetBlockTxn, type GetBlockTxn } from './messages/getblocktxn.js'
import { decodeGetData, encodeGetData, type GetData } from './messages/getdata.js'
import { decodeGetHeaders, encodeGetHeaders, type GetHeaders } from './messages/getheaders.js'
import { decodeHeaders, encodeHeaders, type Headers } from './messages/headers.js'
import { decodeInv, encodeInv, type InvItem } from './messages/inv.js'
import { decodeMempool, encodeMempool, type Mempool } from './messages/mempool.js'
import { decodeMerkleBlock, encodeMerkleBlock, type MerkleBlock } from './messages/merkleblock.js'
import { decodeNotFound, encodeNotFound, type NotFound } from './messages/notfound.js'
import { decodePing, encodePing, type Ping } from './messages/ping.js'
import { decodePong, encodePong, type Pong } from './messages/pong.js'
import { decodeProtoconf, encodeProtoconf, type Protoconf } from './messages/protoconf.js'
import { decodeReject, encodeReject, type Reject } from './messages/reject.js'
import { decodeSendCmpct, encodeSendCmpct, type SendCmpct } from './messages/sendcmpct.js'
import { decodeStreamAck, encodeStreamAck, type StreamAck } from './messages/streamack.js'
import { decodeTx, encodeTx, type Tx } from './messages/tx.js'
import { decodeVersion, encodeVersion, type Version } from './messages/version.js'

/** What each message says. Blocks are not among them: they are streamed. */
export interface MessageBodies extends Record<EmptyCommand, undefined> {
  version: Version
  ping: Ping
  pong: Pong
  addr: readonly TimedAddress[]
  addrv2: readonly AddressV2[]
  inv: readonly InvItem[]
  getdata: GetData
  notfound: NotFound
  getblocks: GetBlocks
  getheaders: GetHeaders
  headers: Headers
  tx: Tx
  reject: Reject
  feefilter: FeeFilter
  sendcmpct: SendCmpct
  cmpctblock: CmpctBlock
  getblocktxn: GetBlockTxn
  blocktxn: BlockTxn
  merkleblock: MerkleBlock
  mempool: Mempool
  protoconf: Protoconf
  authch: AuthCh
  authresp: AuthResp
  createstrm: CreateStrm
  streamack: StreamAck
}

/** A command that has a codec. */
export type KnownCommand = keyof MessageBodies

/** A message that this library understands, told apart by `command`. */
export type KnownMessage = {
  [Command in KnownCommand]: { readonly command: Command; readonly body: MessageBodies[Command] }
}[KnownCommand]

/** A message that is left as it came: gethdrsen, hdrsen, sendhdrsen, dsdetected, revokemid, datareftx, block and unknown ones. */
export interface RawMessage {
  readonly command: string
  /** The payload: a view, not a copy. */
  readonly raw: Uint8Array
}

/** `'raw' in message` tells the two apart. */
export type Message = KnownMessage | RawMessage

interface Codec<Body> {
  readonly encode: (body: Body, family: Family) => Uint8Array
  readonly decode: (payload: Uint8Array, family: Family) => Body
}

/** A codec of something that holds transactions. */
const withTxs = <Body>(
  encode: (body: Body, witness: boolean) => Uint8Array,
  decode: (payload: Uint8Array, witness: boolean) => Body,
): Codec<Body> => ({
  encode: (body, family) => encode(body, DIALECTS[family].witness),
  decode: (payload, family) => decode(payload, DIALECTS[family].witness),
})

const empty: Codec<undefined> = {
  encode: encodeEmpty,
  decode: (payload) => {
    decodeEmpty(payload)
    return undefined
  },
}

const codecs: { readonly [Command in KnownCommand]: Codec<MessageBodies[Command]> } = {
  ...(Object.fromEntries(EMPTY_COMMANDS.map((command) => [command, empty])) as Record<
    EmptyCommand,
    Codec<undefined>
  >),
  version: { encode: encodeVersion, decode: decodeVersion },
  ping: { encode: encodePing, decode: decodePing },
  pong: { encode: encodePong, decode: decodePong },
  addr: { encode: encodeAddr, decode: decodeAddr },
  addrv2: { encode: encodeAddrV2, decode: decodeAddrV2 },
  inv: { encode: encodeInv, decode: decodeInv },
  getdata: { encode: encodeGetData, decode: decodeGetData },
  notfound: { encode: encodeNotFound, decode: decodeNotFound },
  getblocks: { encode: encodeGetBlocks, decode: decodeGetBlocks },
  getheaders: { encode: encodeGetHeaders, decode: decodeGetHeaders },
  headers: { encode: encodeHeaders, decode: decodeHeaders },
  tx: withTxs(encodeTx, decodeTx),
  reject: { encode: encodeReject, decode: decodeReject },
  feefilter: { encode: encodeFeeFilter, decode: decodeFeeFilter },
  sendcmpct: { encode: encodeSendCmpct, decode: decodeSendCmpct },
  cmpctblock: withTxs(encodeCmpctBlock, decodeCmpctBlock),
  getblocktxn: { encode: encodeGetBlockTxn, decode: decodeGetBlockTxn },
  blocktxn: withTxs(encodeBlockTxn, decodeBlockTxn),
  merkleblock: { encode: encodeMerkleBlock, decode: decodeMerkleBlock },
  mempool: { encode: encodeMempool, decode: decodeMempool },
  protoconf: { encode: encodeProtoconf, decode: decodeProtoconf },
  authch: { encode: encodeAuthCh, decode: decodeAuthCh },
  authresp: { encode: encodeAuthResp, decode: decodeAuthResp },
  createstrm: { encode: encodeCreateStrm, decode: decodeCreateStrm },
  streamack: { encode: encodeStreamAck, decode: decodeStreamAck },
}

/** Every command that has a codec. */
export const KNOWN_COMMANDS = Object.keys(codecs) as readonly KnownCommand[]

const isKnown = (command: string): command is KnownCommand => Object.hasOwn(codecs, command)

/** The payload of a message. @throws {UsageError} for what cannot be said in it. */
export function encodeBody<Command extends KnownCommand>(
  command: Command,
  body: MessageBodies[Command],
  family: Family,
): Uint8Array {
  return codecs[command].encode(body, family)
}

/** What a payload of a known command says. @throws {ProtocolError} for a malformed one. */
export function decodeBody<Command extends KnownCommand>(
  command: Command,
  payload: Uint8Array,
  family: Family,
): MessageBodies[Command] {
  return codecs[command].decode(payload, family)
}

/**
 * What a message says. Nothing is decoded before somebody asks: a payload may be kept or passed on as it is. The bodies hold
 * views of the payload: copy what outlives it.
 * @throws {ProtocolError} for a malformed payload of a known command
 */
export function decodeMessage(command: string, payload: Uint8Array, family: Family): Message {
  if (!isKnown(command)) return { command, raw: payload }
  return { command, body: decodeBody(command, payload, family) } as KnownMessage
}
