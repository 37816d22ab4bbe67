import type { BigBlock, BigTx, BlockChunk, SmallBlock, TxChunk } from '../blocks/block-events.js'
import type { MessageBodies, RawMessage } from '../wire/codec.js'
import type { Peer } from './peer.js'
import type { BigTxAborted, BlockAborted, PeerMessage, RawTx } from './peer-message.js'

type Handled = void | Promise<void>
type Handler = (body: PeerMessage['body'], peer: Peer) => Handled

/**
 * What is done with the messages of a peer: extend it, or pass an object with some of its methods. Each is called in the
 * order of the wire, and awaited before the next. One that fails is reported as the event `handlerError`; the next is called
 * all the same. Chunks, and the bytes in them, are lent until the handler resolves.
 */
export class Handlers {
  onVersion?(version: MessageBodies['version'], peer: Peer): Handled
  onVerack?(body: undefined, peer: Peer): Handled
  onPing?(ping: MessageBodies['ping'], peer: Peer): Handled
  onPong?(pong: MessageBodies['pong'], peer: Peer): Handled
  onAddr?(addresses: MessageBodies['addr'], peer: Peer): Handled
  onAddrV2?(addresses: MessageBodies['addrv2'], peer: Peer): Handled
  onGetAddr?(body: undefined, peer: Peer): Handled
  onInv?(items: MessageBodies['inv'], peer: Peer): Handled
  onGetData?(items: MessageBodies['getdata'], peer: Peer): Handled
  onNotFound?(items: MessageBodies['notfound'], peer: Peer): Handled
  onGetBlocks?(request: MessageBodies['getblocks'], peer: Peer): Handled
  onGetHeaders?(request: MessageBodies['getheaders'], peer: Peer): Handled
  onHeaders?(headers: MessageBodies['headers'], peer: Peer): Handled
  onTx?(tx: RawTx, peer: Peer): Handled
  /** A part of a transaction that is too large to be held. */
  onTxChunk?(chunk: TxChunk, peer: Peer): Handled
  /** The end of a transaction that travelled alone and was too large to be held: all of it is verified now. */
  onBigTx?(tx: BigTx, peer: Peer): Handled
  onBigTxAborted?(aborted: BigTxAborted, peer: Peer): Handled
  onBlock?(block: SmallBlock | BigBlock, peer: Peer): Handled
  onBlockChunk?(chunk: BlockChunk, peer: Peer): Handled
  onBlockAborted?(aborted: BlockAborted, peer: Peer): Handled
  onReject?(reject: MessageBodies['reject'], peer: Peer): Handled
  onFeeFilter?(filter: MessageBodies['feefilter'], peer: Peer): Handled
  onSendHeaders?(body: undefined, peer: Peer): Handled
  onSendCmpct?(body: MessageBodies['sendcmpct'], peer: Peer): Handled
  onCmpctBlock?(block: MessageBodies['cmpctblock'], peer: Peer): Handled
  onGetBlockTxn?(request: MessageBodies['getblocktxn'], peer: Peer): Handled
  onBlockTxn?(answer: MessageBodies['blocktxn'], peer: Peer): Handled
  onMerkleBlock?(block: MessageBodies['merkleblock'], peer: Peer): Handled
  onMempool?(request: MessageBodies['mempool'], peer: Peer): Handled
  onProtoconf?(protoconf: MessageBodies['protoconf'], peer: Peer): Handled
  onAuthCh?(challenge: MessageBodies['authch'], peer: Peer): Handled
  onAuthResp?(answer: MessageBodies['authresp'], peer: Peer): Handled
  onCreateStrm?(request: MessageBodies['createstrm'], peer: Peer): Handled
  onStreamAck?(answer: MessageBodies['streamack'], peer: Peer): Handled
  onWtxidRelay?(body: undefined, peer: Peer): Handled
  onSendAddrV2?(body: undefined, peer: Peer): Handled
  onFilterClear?(body: undefined, peer: Peer): Handled
  /** A message that this library does not read; the payload is as it came. */
  onUnknown?(message: RawMessage, peer: Peer): Handled
}

const METHODS: Readonly<Record<PeerMessage['command'], keyof Handlers>> = {
  version: 'onVersion',
  verack: 'onVerack',
  ping: 'onPing',
  pong: 'onPong',
  addr: 'onAddr',
  addrv2: 'onAddrV2',
  getaddr: 'onGetAddr',
  inv: 'onInv',
  getdata: 'onGetData',
  notfound: 'onNotFound',
  getblocks: 'onGetBlocks',
  getheaders: 'onGetHeaders',
  headers: 'onHeaders',
  tx: 'onTx',
  tx_chunk: 'onTxChunk',
  big_tx: 'onBigTx',
  big_tx_aborted: 'onBigTxAborted',
  block: 'onBlock',
  block_chunk: 'onBlockChunk',
  block_aborted: 'onBlockAborted',
  reject: 'onReject',
  feefilter: 'onFeeFilter',
  sendheaders: 'onSendHeaders',
  sendcmpct: 'onSendCmpct',
  cmpctblock: 'onCmpctBlock',
  getblocktxn: 'onGetBlockTxn',
  blocktxn: 'onBlockTxn',
  merkleblock: 'onMerkleBlock',
  mempool: 'onMempool',
  protoconf: 'onProtoconf',
  authch: 'onAuthCh',
  authresp: 'onAuthResp',
  createstrm: 'onCreateStrm',
  streamack: 'onStreamAck',
  wtxidrelay: 'onWtxidRelay',
  sendaddrv2: 'onSendAddrV2',
  filterclear: 'onFilterClear',
  unknown: 'onUnknown',
}

/** Calls the handler of a message, if there is one. */
export function handle(handlers: Handlers, message: PeerMessage, peer: Peer): void | Promise<void> {
  // The table pairs each command with the method that takes its body; the compiler cannot follow that.
  const methods = handlers as Readonly<Record<string, Handler | undefined>>
  return methods[METHODS[message.command]]?.(message.body, peer)
}
