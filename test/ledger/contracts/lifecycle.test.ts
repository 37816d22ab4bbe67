import { expect, test } from '@jest/globals'
import { deployment } from '../../../src/ledger/contracts/lifecycle.js'
import { definitionText, readDefinition } from '../../../src/ledger/contracts/definition.js'
import { LIFECYCLE } from '../../../src/ledger/contracts/namespaces.js'
import type { KeyWrite } from '../../../src/ledger/payload/key-access.js'
import { ruleBrokenBy } from '../fixtures.js'
import { addressOf } from '../make-chain.js'
import { ContractWorld, definition, judged, write } from './make-contracts.js'

const INVALID_WRITESET = 24

function deploying(key: string, value: KeyWrite['value']): KeyWrite {
  return { namespace: LIFECYCLE, key, value }
}

test('CON-10: a deployment writes one definition under its name, and nothing else', () => {
  const world = new ContractWorld()
  const good = deploying('definitions/basic', { text: definitionText(definition('basic', [1])) })
  const wrong: KeyWrite[][] = [
    [],
    [good, write('basic', 'k', 'v')],
    [{ ...good, key: 'definitions/other' }],
    [{ ...good, namespace: 'basic' }],
    [{ ...good, value: null }],
    [{ ...good, value: { text: '{}' } }],
    [{ ...good, value: { hex: Buffer.from(definitionText(definition('basic', [1]))).toString('hex') } }],
  ]
  for (const writes of wrong)
    expect(judged(world, { contract: LIFECYCLE, writes }, 'deployer')).toBe(INVALID_WRITESET)
  expect(judged(world, { contract: LIFECYCLE, writes: [good] }, 'deployer')).toBe(0)
})

test('CON-11: a name belongs to whoever deploys it first, until the owner hands it on', () => {
  const world = new ContractWorld()
  expect(world.deploy(definition('basic', [1]), 'thief')).toEqual([10])
  expect(world.deploy(definition('basic', [1]))).toEqual([0])
  const stolen = definition('basic', [2], { owner: addressOf('thief') })
  expect(world.deploy(stolen, 'thief')).toEqual([10])
  expect(world.deploy(definition('basic', [1], { owner: addressOf('heir') }))).toEqual([0])
  expect(world.deploy(definition('basic', [1]))).toEqual([10])
  expect(world.deploy(definition('basic', [3]), 'heir')).toEqual([0])
  expect(readDefinition(world, 'basic')?.sequence).toBe(3)
})

test('CON-12: each definition of a name has the next sequence, from 1 up', () => {
  const world = new ContractWorld()
  const sequenced = (sequence: number) => {
    const text = definitionText(definition('basic', [1], { sequence }))
    return judged(
      world,
      { contract: LIFECYCLE, writes: [deploying('definitions/basic', { text })] },
      'deployer',
    )
  }
  expect([sequenced(0 + 1), sequenced(2)]).toEqual([0, 255])
  world.deploy(definition('basic', [1]))
  expect([sequenced(1), sequenced(2), sequenced(3)]).toEqual([255, 0, 255])
})

test('CON-12: of two deployments of the same state the second is late, in one block and across blocks', () => {
  const world = new ContractWorld()
  const [first, second] = [
    world.deploying(definition('basic', [1])),
    world.deploying(definition('basic', [2])),
  ]
  const late = world.deploying(definition('basic', [3]))
  expect(world.mine(first, second)).toEqual([0, 255])
  expect(world.mine(late)).toEqual([255])
})

test('a deployment that the chain would refuse is refused where it is made', () => {
  const world = new ContractWorld()
  const rootCertificates = Array.from({ length: 5 }, () => 'x'.repeat(8000))
  const [organisation] = definition('basic', [1]).organisations
  const organisations = organisation ? [{ ...organisation, rootCertificates }] : []
  expect(ruleBrokenBy(() => deployment(world, definition('_basic', [1])))).toBe('CON-1')
  expect(ruleBrokenBy(() => deployment(world, definition('basic', [1], { organisations })))).toBe('CON-9')
})

test('CON-13: a deployment needs no endorsement, and is called with the version it found', () => {
  const world = new ContractWorld()
  world.deploy(definition('basic', [1]))
  const call = deployment(world, definition('basic', [1]))
  expect(call.endorsements).toEqual([])
  expect(call.reads).toEqual([
    { namespace: LIFECYCLE, key: 'definitions/basic', version: { height: 1, index: 1 } },
  ])
  expect(
    world.mine(
      world.call({ ...call, reads: call.reads.map((read) => ({ ...read, version: null })) }, 'deployer'),
    ),
  ).toEqual([11])
  expect(world.mine(world.call(call, 'deployer'))).toEqual([0])
})
