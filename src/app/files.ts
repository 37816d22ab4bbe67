import { join } from 'node:path'
import { BlockchainInfo } from '../api/schemas/info.js'
import { NodeList, type NodeRecord } from '../api/schemas/node.js'
import { compile } from '../api/validator.js'
import type { Json } from '../base/json.js'
import { JsonFile } from '../store/json-file.js'
import type { OnSetAside } from '../store/set-aside.js'
import { decodeNodeState, NODE_STATE_FILE, type NodeState } from './node-state.js'
import type { NodeSettings } from './settings/node-settings.js'

/** The JSON files in a node's data folder. */
export interface NodeFiles {
  readonly nodes: JsonFile<readonly NodeRecord[]>
  readonly blockchain: JsonFile<BlockchainInfo>
  readonly state: JsonFile<NodeState>
}

const nodesFault = compile(NodeList)
const infoFault = compile(BlockchainInfo)

export function nodeFiles(folder: string, settings: NodeSettings, onSetAside: OnSetAside): NodeFiles {
  return {
    nodes: new JsonFile({ path: join(folder, settings.nodesFile), decode: decodeNodes, onSetAside }),
    blockchain: new JsonFile({ path: join(folder, settings.blockchainFile), decode: decodeInfo, onSetAside }),
    state: new JsonFile({ path: join(folder, NODE_STATE_FILE), decode: decodeNodeState, onSetAside }),
  }
}

function decodeNodes(json: Json): readonly NodeRecord[] {
  const fault = nodesFault(json)
  if (fault) throw new Error(fault.message)
  return json as readonly NodeRecord[]
}

function decodeInfo(json: Json): BlockchainInfo {
  const fault = infoFault(json)
  if (fault) throw new Error(fault.message)
  return json as BlockchainInfo
}
