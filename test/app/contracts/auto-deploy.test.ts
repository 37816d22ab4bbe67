import { expect, test } from '@jest/globals'
import pino from 'pino'
import { AutoDeploy } from '../../../src/app/contracts/auto-deploy.js'
import { ContractWorld, definition } from '../../ledger/contracts/make-contracts.js'
import { addressOf } from '../../ledger/make-chain.js'

test('a contract that somebody else deployed is left as it is, and the log says whose it is', () => {
  const world = new ContractWorld()
  world.deploy(definition('basic', [1], { owner: addressOf('mallory'), id: 'other:1.0' }), 'mallory')
  const lines: string[] = []
  const autoDeploy = new AutoDeploy({
    world,
    deploy: () => Promise.reject(new Error('it is not to be deployed')),
    connected: () => [],
    owner: addressOf('deployer'),
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
  })
  autoDeploy.connected('basic:1.0')
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { owner: addressOf('mallory'), msg: 'basic was deployed by another node, whose definition holds' },
  ])
})
