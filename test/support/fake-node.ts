import type { Express } from 'express'
import { type Dispatch, dispatcher } from '../../src/api/dispatch.js'
import type { ContextOf } from '../../src/api/method.js'
import { type NodeApi, nodeApi } from '../../src/api/node-api.js'
import type { BlockchainInfo } from '../../src/api/schemas/info.js'
import type { NodeRecord } from '../../src/nodes/record.js'
import { restApp, type RestOptions } from '../../src/rest/rest-app.js'
import { fakeChain } from './fake-chain.js'
import { fakeContracts } from './fake-contracts.js'
import { fakeRemote } from './fake-remote.js'

export interface FakeNode {
  readonly app: Express
  readonly dispatch: Dispatch
  /** What the handlers did to the node, in order. */
  readonly did: readonly unknown[]
  readonly internalErrors: readonly unknown[]
}

/** Ports that answer as the examples of the table say, and note what they are told. */
function fakeContext(did: unknown[]): ContextOf<NodeApi> {
  const self: NodeRecord = { ip_address: '127.0.0.1', port: 55000 }
  const known: NodeRecord[] = [{ ip_address: '127.0.0.1', port: 50000 }]
  return {
    nodes: {
      self,
      list: () => known,
      introduce: (record, caller) => void did.push(['introduce', record, caller]),
      add: (record, caller) => (did.push(['add', record, caller]), Promise.resolve(undefined)),
      remove: (record) => (did.push(['remove', record]), Promise.resolve()),
      random: () => 0,
    },
    blockchain: {
      get: () => nodeApi['blockchain.get'].example.result,
      put: (info: BlockchainInfo) => (did.push(['put', info]), Promise.resolve(info)),
    },
    health: () => nodeApi['node.health'].example.result,
    ...fakeChain(did),
    contracts: fakeContracts(did),
    ...fakeRemote(did),
    mining: {
      status: () => nodeApi['mining.get'].example.result,
      change: (change) => (
        did.push(['mining', change]),
        Promise.resolve(nodeApi['mining.put'].example.result)
      ),
      mineNow: (request) => (
        did.push(['mine', request]),
        Promise.resolve(nodeApi['mining.now'].example.result)
      ),
      template: () => Promise.resolve(nodeApi['mining.template'].example.result),
    },
    sync: {
      status: () => nodeApi['sync.status'].example.result,
      headers: () => nodeApi['sync.headers'].example.result,
      blocks: () => Promise.resolve(nodeApi['sync.blocks'].example.result),
      announced: () => Promise.resolve(nodeApi['sync.announce'].example.result),
      offered: () => Promise.resolve(nodeApi['sync.offer'].example.result),
    },
  }
}

/** The REST door of a node that is not there. */
export function fakeNode(options: Partial<RestOptions> = {}): FakeNode {
  const did: unknown[] = []
  const internalErrors: unknown[] = []
  const dispatch = dispatcher(nodeApi, fakeContext(did))
  const app = restApp({
    table: nodeApi,
    dispatch,
    access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] },
    version: '1.2.3',
    maxBodyBytes: 10_000,
    requestsPerSecond: 0,
    chainId: () => 'ab'.repeat(32),
    homePage: () => '<!doctype html><title>home</title>',
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'x 1\n' }),
    onAnswer: () => undefined,
    onInternalError: (error) => internalErrors.push(error),
    ...options,
  })
  return { app, dispatch, did, internalErrors }
}
