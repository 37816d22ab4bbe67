import type {
  Bytes,
  CallPlace,
  ContractAnswer,
  ContractSummary,
  Deployed,
  IdentityJson,
  Invoked,
  NodeKeyJson,
} from '../schemas/contract.js'
import { exampleAddress, exampleBlock, exampleTransfer } from './block.js'

const exampleSummary = {
  name: 'basic',
  id: 'basic:1.0',
  version: '1.0',
  sequence: 1,
  organisations: ['Org1MSP', 'Org2MSP'],
}

export const exampleContract: ContractSummary = { ...exampleSummary, connected: true }

export const exampleNodeKey: NodeKeyJson = {
  address: exampleAddress,
  public_key: '5cbe6e9d4c9f9ff8e1d0a4f0a4b2ad0b0c1c1f7e3c1c2c2a3d7d5e3f2b1a0908',
}

const organisation = (mspId: string) => ({
  msp_id: mspId,
  endorsers: [exampleNodeKey.public_key],
  root_certificates: [],
})

export const exampleContractAnswer: ContractAnswer = {
  summary: exampleContract,
  definition: {
    name: 'basic',
    id: 'basic:1.0',
    version: '1.0',
    sequence: 1,
    init_required: false,
    organisations: [organisation('Org1MSP'), organisation('Org2MSP')],
    endorsement_policy: {
      n_of: 2,
      rules: [
        { signed_by: { msp_id: 'Org1MSP', role: 'MEMBER' } },
        { signed_by: { msp_id: 'Org2MSP', role: 'MEMBER' } },
      ],
    },
    collections: [],
    owner: exampleAddress,
  },
  processes: [{ id: 'basic:1.0', way: 'registered', address: '127.0.0.1:39120' }],
}

export const exampleCallId = '6a1f0c2b9d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8'

export const exampleAsset: Bytes = {
  text: '{"ID":"asset1","Owner":"Ann"}',
  json: { ID: 'asset1', Owner: 'Ann' },
}

const placed = {
  call_id: exampleCallId,
  transaction_id: exampleTransfer.id,
  status: 'committed',
  height: exampleBlock.height,
  index: 1,
  code: 0,
  code_name: 'VALID',
} as const

export const exampleCallPlace: CallPlace = { ...placed, reason: null, conflict: null }

export const exampleInvoked: Invoked = {
  ...placed,
  response: { status: 200, message: '', payload: exampleAsset },
  attempts: 1,
}

export const exampleDeployed: Deployed = { ...placed, summary: exampleSummary }

export const exampleIdentity: IdentityJson = {
  name: 'user1@Org1MSP',
  msp_id: 'Org1MSP',
  certificate: '-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n',
}
