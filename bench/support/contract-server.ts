/** A contract in a process of its own, on Fabric's packages or on ours, that dials the peer of the bench. */
import { createRequire } from 'node:module'
import type { ContractClass } from '../../src/contract/api/contract-router.js'
import { ContractRouter } from '../../src/contract/api/contract-router.js'
import { JSONSerializer } from '../../src/contract/api/json-serializer.js'
import { Contract } from '../../src/contract/index.js'
import type { Context } from '../../src/contract/index.js'
import { dialPeer } from '../../src/contract/shim/dial.js'

interface Dialled {
  readonly address: string
  readonly api: 'fabric' | 'ours'
}

const { address, api } = JSON.parse(process.argv[2] ?? '') as Dialled
const require = createRequire(import.meta.url)

/** Reads a key, then writes it. */
function touching(Base: typeof Contract): ContractClass {
  return class Bench extends Base {
    async touch(ctx: Context, key: string, value: string): Promise<number> {
      const { length } = await ctx.stub.getState(key)
      await ctx.stub.putState(key, Buffer.from(value))
      return length
    }
  }
}

function dialFabric(): void {
  process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'CRITICAL'
  const realApi = require('fabric-contract-api') as { Contract: typeof Contract; JSONSerializer: unknown }
  const { ChaincodeSupportClient } = require('fabric-shim/lib/handler.js') as {
    ChaincodeSupportClient: new (
      chaincode: object,
      url: string,
      options: object,
    ) => { chat(message: object): void }
  }
  const Loader = require('fabric-shim/lib/contract-spi/chaincodefromcontract.js') as new (
    ...parameters: unknown[]
  ) => object
  const serializers = {
    transaction: 'jsonSerializer',
    serializers: { jsonSerializer: realApi.JSONSerializer },
  }
  const chaincode = new Loader([touching(realApi.Contract)], serializers, {}, 'bench', '1')
  const name = Buffer.from('\u0012\u0005bench')
  new ChaincodeSupportClient(chaincode, `grpc://${address}`, {}).chat({ type: 1, payload: name })
}

async function dialOurs(): Promise<void> {
  const router = new ContractRouter({
    contracts: [touching(Contract)],
    serializer: JSONSerializer,
    metadata: {},
  })
  await dialPeer(router, { host: address, id: 'bench' }).ended
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) / 1_000)
})
if (api === 'fabric') dialFabric()
else await dialOurs()
