import { expect, test } from '@jest/globals'
import { DeployedContracts } from '../../../src/app/contracts/deployed-contracts.js'
import { ContractMembers } from '../../../src/app/contracts/members.js'
import type { Blockchain } from '../../../src/chain/blockchain.js'
import { ChainEvents } from '../../../src/chain/chain-events.js'
import { type Identity, serializeIdentity } from '../../../src/contract/identity/identity.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { ContractExecutor } from '../../../src/contract/peer/executor.js'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import { openSimulation } from '../../../src/contract/peer/open-simulation.js'
import { MemoryWorld } from '../../../src/contract/simulation/memory-world.js'
import {
  type ChaincodeMessage,
  ChaincodeMessageType,
  ChaincodeSpec,
  GetState,
} from '../../../src/contract/wire/fabric.js'
import type { Block } from '../../../src/ledger/block.js'
import { type ContractDefinition, definitionKey } from '../../../src/ledger/contracts/definition.js'
import { LIFECYCLE } from '../../../src/ledger/contracts/namespaces.js'
import { ScriptedContract } from '../../contract/peer/support/scripted-contract.js'
import { callOf } from '../../contract/peer/support/test-node.js'
import { ContractWorld, definition } from '../../ledger/contracts/make-contracts.js'
import { addressOf } from '../../ledger/make-chain.js'

const NOW = Date.UTC(2026, 0, 15)
const own = await Organisation.create('Org1MSP', NOW)
const theirs = await Organisation.create('Org2MSP', NOW)
const falseFirst = await Organisation.create('Org1MSP', NOW)
const falseSecond = await Organisation.create('Org2MSP', NOW)
const memberOf = (organisation: Organisation) => organisation.issue({ commonName: 'ann' }, NOW)
const [ann, theirAnn, falseAnn, falseTheirAnn] = await Promise.all(
  [own, theirs, falseFirst, falseSecond].map(memberOf),
)

/** A definition that names these organisations. */
function naming(name: string, owner: string, ...organisations: readonly Organisation[]): ContractDefinition {
  return definition(name, [1], {
    owner: addressOf(owner),
    organisations: organisations.map(({ mspId, rootCertificate }) => ({
      mspId,
      endorsers: [],
      rootCertificates: [rootCertificate],
    })),
  })
}

const honest = naming('basic', 'deployer', theirs)
const dishonest = naming('evil', 'mallory', falseFirst, falseSecond)

/** Counts how often the definitions are gone through, and single keys are read. */
class CountingWorld extends ContractWorld {
  ranges = 0
  reads = 0

  override worldValue(...place: Parameters<ContractWorld['worldValue']>) {
    this.reads += 1
    return super.worldValue(...place)
  }

  override worldRange(...range: Parameters<ContractWorld['worldRange']>) {
    this.ranges += 1
    return super.worldRange(...range)
  }
}

function node() {
  const world = new CountingWorld()
  const events = new ChainEvents()
  const deployed = new DeployedContracts({ index: world, events } as unknown as Blockchain)
  const members = new ContractMembers([own], deployed, () => NOW)
  const deploy = (wanted: ContractDefinition, invoker: string): void => {
    const transaction = world.deploying(wanted, invoker)
    expect(world.mine(transaction)).toEqual([0])
    events.emit('connected', { transactions: [transaction] } as unknown as Block)
  }
  deploy(honest, 'deployer')
  deploy(dishonest, 'mallory')
  const isMember = (who: typeof ann, contract: string | undefined): boolean => {
    try {
      members.membership.identify(serializeIdentity(who as NonNullable<typeof ann>), contract)
      return true
    } catch {
      return false
    }
  }
  return { world, events, deployed, members, deploy, isMember }
}

test('the word of a definition counts for its contract alone, that of the node for all', () => {
  const { isMember } = node()
  const who = [ann, theirAnn, falseAnn, falseTheirAnn]
  expect(who.map((each) => isMember(each, 'basic'))).toEqual([true, true, false, false])
  expect(who.map((each) => isMember(each, 'evil'))).toEqual([true, false, true, true])
  expect(who.map((each) => isMember(each, 'ghost'))).toEqual([true, false, false, false])
})

test('for a request about no certain contract the word of every definition counts', () => {
  const { isMember } = node()
  const who = [ann, theirAnn, falseAnn, falseTheirAnn]
  expect(who.map((each) => isMember(each, undefined))).toEqual([true, true, true, true])
})

test('a caller who came in by one definition is no member for another, whatever was remembered of it', () => {
  const { isMember, members } = node()
  expect(isMember(falseAnn, 'evil')).toBe(true)
  const caller = falseAnn as NonNullable<typeof falseAnn>
  expect(() => members.requireMember(caller, dishonest)).not.toThrow()
  expect(() => members.requireMember(caller, honest)).toThrow(
    'no authority of this organisation has issued the certificate',
  )
  expect(isMember(falseAnn, 'basic')).toBe(false)
})

const said = ({ payload }: ChaincodeMessage): string => Buffer.from(payload).toString()

/** `basic` with a collection of Org1MSP's members, and `evil`, whose process hands on what it is called with. */
function twoContracts() {
  const { members } = node()
  const secrets = {
    name: 'secrets',
    memberPolicy: { mspId: 'Org1MSP', role: 'MEMBER' as const },
    memberOnlyRead: true,
    memberOnlyWrite: true,
    blockToLive: 0,
  }
  const definitions = new Map([
    ['basic', { ...honest, collections: [secrets] }],
    ['evil', dishonest],
  ])
  const world = new MemoryWorld()
  const live = new LiveContracts({ sharedIds: false, now: () => NOW })
  const executor = new ContractExecutor<ContractDefinition>({
    openSnapshot: () => world.snapshot(),
    definitions: () => (name) => definitions.get(name),
    simulate: openSimulation(world.privateValues),
    requireMember: (caller, deployed) => members.requireMember(caller, deployed),
    processes: live,
  })
  const [basic, evil] = [
    ScriptedContract.registered(live, 'basic:1.0'),
    ScriptedContract.registered(live, 'evil:1.0'),
  ]
  return { executor, basic, evil }
}

const toBasic = ChaincodeSpec.encode({ chaincodeId: { path: '', name: 'basic', version: '' } })

test('a false member of an organisation does not come to its private data by way of a false contract', async () => {
  const { executor, basic, evil } = twoContracts()
  const result = executor.execute(callOf('evil', ['steal'], { caller: falseAnn as Identity }))
  const { txid, channelId } = await evil.next()
  evil.say({ type: 'INVOKE_CHAINCODE', txid, channelId, payload: toBasic })
  expect(said(await evil.next())).toMatch(
    /access denied: channel \[mychannel\] chaincode \[basic\] creator org \[Org1MSP\]: no authority of this organisation/,
  )
  expect(basic.heard).toEqual([])
  evil.complete({ txid, channelId })
  expect((await result).reads).toEqual([])
})

test('a true member comes to its private data, also by way of another contract', async () => {
  const { executor, basic, evil } = twoContracts()
  const result = executor.execute(callOf('evil', ['help'], { caller: ann as Identity }))
  const { txid, channelId } = await evil.next()
  evil.say({ type: 'INVOKE_CHAINCODE', txid, channelId, payload: toBasic })
  await basic.next()
  const wanted = GetState.encode({ key: 'k', collection: 'secrets' })
  basic.say({ type: 'GET_STATE', txid, channelId, payload: wanted })
  expect((await basic.next()).type).toBe(ChaincodeMessageType.RESPONSE)
  basic.complete({ txid, channelId })
  expect((await evil.next()).type).toBe(ChaincodeMessageType.RESPONSE)
  evil.complete({ txid, channelId })
  expect((await result).reads).toMatchObject([{ namespace: 'basic/private/secrets' }])
})

test('a member who was seen before is not crowded out by a contract that names many authorities', () => {
  const { isMember, deploy } = node()
  expect(isMember(theirAnn, 'basic')).toBe(true)
  const many = Array.from({ length: 20 }, (_, i) => `junk ${i}`)
  const organisations = [{ mspId: 'Org2MSP', endorsers: [], rootCertificates: many }]
  deploy(definition('a-first', [2], { organisations, owner: addressOf('mallory') }), 'mallory')
  expect(isMember(theirAnn, undefined)).toBe(true)
})

test('a definition is read once for each deployment, on the chain and off it, and counts at once', () => {
  const { world, events, deployed, deploy, isMember } = node()
  const readsOf = (look: () => void): number => {
    const before = world.reads
    look()
    return world.reads - before
  }
  const look = (): void => void deployed.of('basic')
  expect([readsOf(look), readsOf(look)]).toEqual([1, 0])
  events.emit('connected', { transactions: [world.call({})] } as unknown as Block)
  expect(readsOf(look)).toBe(0)
  expect(isMember(falseAnn, 'basic')).toBe(false)
  deploy({ ...naming('basic', 'deployer', falseFirst), sequence: 2 }, 'deployer')
  expect(isMember(falseAnn, 'basic')).toBe(true)
  expect(deployed.of('basic')?.sequence).toBe(2)
  const off = { transactions: [world.deploying(honest, 'deployer')] }
  events.emit('disconnected', off as unknown as Block)
  expect([readsOf(look), readsOf(look)]).toEqual([1, 0])
  expect([deployed.of('ghost'), readsOf(() => void deployed.of('ghost'))]).toEqual([undefined, 1])
})

test('all definitions are gone through once for each deployment, on the chain and off it', () => {
  const { world, events, deployed, deploy } = node()
  expect([deployed.hasId('basic:1.0'), deployed.hasId('evil:1.0'), deployed.hasId('late:1.0')]).toEqual([
    true,
    true,
    false,
  ])
  deployed.rootsOf('Org1MSP')
  events.emit('connected', { transactions: [world.call({})] } as unknown as Block)
  expect(deployed.hasId('late:1.0')).toBe(false)
  expect(world.ranges).toBe(1)
  deploy(naming('late', 'deployer', theirs), 'deployer')
  expect(deployed.hasId('late:1.0')).toBe(true)
  expect(world.ranges).toBe(2)
  const off = { transactions: [world.deploying(naming('late', 'deployer', theirs), 'deployer')] }
  events.emit('disconnected', off as unknown as Block)
  deployed.hasId('late:1.0')
  expect(world.ranges).toBe(3)
  deployed.close()
  expect([events.listenerCount('connected'), events.listenerCount('disconnected')]).toEqual([0, 0])
})

test('a definition is decoded once, however often it is asked for', () => {
  const { deployed, world } = node()
  expect(world.worldValue(LIFECYCLE, definitionKey('basic'))).toBeDefined()
  expect(deployed.of('basic')).toBe(deployed.of('basic'))
  expect([...deployed.memory.list(world)][0]).toBe(deployed.of('basic'))
  expect(deployed.of('no such/name')).toBeUndefined()
})
