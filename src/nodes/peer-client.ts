import { compile } from '../api/validator.js'
import { BlockchainInfo } from '../api/schemas/info.js'
import { NodeRecord as NodeRecordSchema } from '../api/schemas/node.js'
import { type Answer, PeerCalls, type PeerCallsOptions, PeerError } from './peer-call.js'
import type { NodeRecord } from './record.js'

/** Calls one node makes to another. Every call is bounded in time and size, and the answer is validated. */
export interface PeerClient {
  /** Asks a node who it is; `self` introduces the caller, if it wants to be known. */
  greet(baseUrl: string, self: NodeRecord | undefined): Promise<Answer<NodeRecord>>
  /** Asks for known nodes. Entries that are no node records are left out. */
  nodes(baseUrl: string, self: NodeRecord | undefined): Promise<Answer<readonly NodeRecord[]>>
  info(baseUrl: string): Promise<BlockchainInfo>
  /** Cuts the calls under way; later ones fail at once. */
  close(): void
}

export interface PeerClientOptions extends Omit<PeerCallsOptions, 'maxRequestBytes'> {
  readonly maxReplyNodes: number
}

const nodeFault = compile(NodeRecordSchema)
const infoFault = compile(BlockchainInfo)

export function peerClient(options: PeerClientOptions): PeerClient {
  const calls = new PeerCalls({ ...options, maxRequestBytes: options.maxReplyBytes })
  return {
    async greet(baseUrl, self) {
      const answer = await calls.call({ method: 'POST', url: `${baseUrl}/`, body: self ?? {} })
      if (nodeFault(answer.value)) throw new PeerError('misbehaved', 'its greeting is no node record')
      return answer as Answer<unknown> as Answer<NodeRecord>
    },
    async nodes(baseUrl, self) {
      const { value: list, chainId } = await calls.call({
        method: 'GET',
        url: `${baseUrl}/nodes/`,
        body: self ?? {},
      })
      if (!Array.isArray(list)) throw new PeerError('misbehaved', 'its node list is no array')
      if (list.length > options.maxReplyNodes)
        throw new PeerError('misbehaved', `it lists ${list.length} nodes`)
      return { value: list.filter((entry) => nodeFault(entry) === undefined) as NodeRecord[], chainId }
    },
    async info(baseUrl) {
      const { value: info } = await calls.call({ method: 'GET', url: `${baseUrl}/blockchain/` })
      const fault = infoFault(info)
      if (fault) throw new PeerError('misbehaved', `its blockchain info is invalid: ${fault.message}`)
      return info as unknown as BlockchainInfo
    },
    close: () => calls.close(),
  }
}
