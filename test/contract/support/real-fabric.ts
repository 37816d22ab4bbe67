import { createRequire } from 'node:module'
import type { peer as peerTypes } from '@hyperledger/fabric-protos'
import type { ContractClass } from '../../../src/contract/api/contract-router.js'
import type { MetadataFile } from '../../../src/contract/api/metadata.js'

interface RealChaincode {
  readonly metadata: object
}

interface RealClient {
  chat(message: object): void
  close(): void
}

// Read when the package is loaded: it would write a line for every call.
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'CRITICAL'
const require = createRequire(import.meta.url)

export const realApi = require('fabric-contract-api') as object

/** Contracts as fabric-shim loads them. */
export function realChaincode(
  contracts: readonly ContractClass[],
  metadata: MetadataFile = {},
  title = 'package',
  version = '1.2.3',
): RealChaincode {
  const Loader = require('fabric-shim/lib/contract-spi/chaincodefromcontract.js') as new (
    ...parameters: unknown[]
  ) => RealChaincode
  const { JSONSerializer } = realApi as { JSONSerializer: unknown }
  const serializers = { transaction: 'jsonSerializer', serializers: { jsonSerializer: JSONSerializer } }
  return new Loader([...contracts], serializers, metadata, title, version)
}

/** Dials a peer with fabric-shim. */
export function dialReal(chaincode: RealChaincode, address: string, id: string): RealClient {
  const { ChaincodeSupportClient } = require('fabric-shim/lib/handler.js') as {
    ChaincodeSupportClient: new (chaincode: object, url: string, options: object) => RealClient
  }
  const { peer } = require('@hyperledger/fabric-protos') as { peer: typeof peerTypes }
  const client = new ChaincodeSupportClient(chaincode, `grpc://${address}`, {})
  const name = new peer.ChaincodeID()
  name.setName(id)
  client.chat({ type: peer.ChaincodeMessage.Type.REGISTER, payload: name.serializeBinary() })
  return client
}

/** Decorators note down such things for the whole process: the next contracts begin without. */
export function forgetDecorated(): void {
  for (const name of ['fabric:default', 'fabric:info', 'fabric:objects']) {
    Reflect.deleteMetadata(name, globalThis)
  }
}
