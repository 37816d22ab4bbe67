import type {
  BlockJson,
  BlockTransaction,
  HeaderJson,
  InputJson,
  OutputJson,
  ProofJson,
} from '../schemas/block.js'
import { decodeBlock } from '../../ledger/decode-block.js'
import { merklePath } from '../../ledger/merkle.js'

/**
 * A real block of the default network: found at its difficulty, with one transfer of the first development account to
 * the second. All examples of the chain's operations follow from it.
 */
export const exampleBlock: BlockJson = {
  version: 1,
  height: 7,
  hash: '0060a22cbff4e08c19885eaea6e9d34558b02d9a315d939a7b0084268cdf580d',
  previous_hash: '00fd643dc8d4f8afde34afc8bd93f39fc2463d493fca36168d22c2bbead3a275',
  merkle_root: '8b0db63eb56d024c64f10721a0f2beae61c49de542492ca881c9b8bb6eff08f3',
  transaction_count: 2,
  timestamp: 1767228000000,
  bits: 536936447,
  nonce: '000000000000016c',
  transactions: [
    {
      version: 1,
      chain_id: 'db68bdba06c0dc7ea4f34d38b8fb8ff32df32c5587a5caf439058b2506f569ec',
      timestamp: 1767228000000,
      inputs: [],
      outputs: [
        {
          address: '0xf9f57aab8da3092b4ca786d8bf2dc68d2bd33c11',
          amount: 150001000,
        },
      ],
      fee: 0,
      payload: {
        kind: 'coinbase',
        height: 7,
      },
      signatures: [],
    },
    {
      version: 1,
      chain_id: 'db68bdba06c0dc7ea4f34d38b8fb8ff32df32c5587a5caf439058b2506f569ec',
      timestamp: 1767227940000,
      inputs: [
        {
          transaction_id: 'c208e91d1aa13808cecdfa9af4d8bcd1858abc4ffca0a227d2ead5ea93fed302',
          output_index: 0,
        },
      ],
      outputs: [
        {
          address: '0x53ac3a05147c56823f725c8c47332d8e94ed643f',
          amount: 149999000,
        },
      ],
      fee: 1000,
      signatures: [
        {
          public_key: '73774838dd3b48dd64ed2b70fe4f8278ca9e64ea31d406b7f5815459dfdb9c8d',
          signature:
            '7654ab3f1d0e6863c5c874e7b1029354ab5f85145d236c7b3e78373ff9d1686ff47a4852384a184d580e8ebee7b1ca8dbf7e3dd13a101c8dc319760462183508',
        },
      ],
    },
  ],
}

const decoded = decodeBlock(exampleBlock as Parameters<typeof decodeBlock>[0])
const ids = decoded.transactions.map(({ id }) => id)

/** Place of the transfer in the block. */
const TRANSFER = 1

const transfer = exampleBlock.transactions[TRANSFER] as BlockJson['transactions'][number]

/** The block without its transactions. */
export const exampleHeader: HeaderJson = headerOf(exampleBlock)

export const exampleTransfer: BlockTransaction = {
  id: ids[TRANSFER] ?? '',
  index: TRANSFER,
  transaction: transfer,
}

/** Of the transfer's canonical JSON. */
export const exampleBytes = decoded.transactions[TRANSFER]?.bytes ?? 0

const [input] = transfer.inputs
const [output] = transfer.outputs

/** Whom the transfer pays. */
export const exampleAddress = output?.address ?? ''

export const exampleInput: InputJson = {
  index: 0,
  transaction_id: input?.transaction_id ?? '',
  output_index: input?.output_index ?? 0,
  address: exampleBlock.transactions[0]?.outputs[0]?.address ?? '',
  amount: (output?.amount ?? 0) + transfer.fee,
}

export const exampleOutput: OutputJson = {
  index: 0,
  address: exampleAddress,
  amount: output?.amount ?? 0,
  unspent: true,
}

export const exampleProof: ProofJson = {
  transaction_id: exampleTransfer.id,
  index: TRANSFER,
  path: [...merklePath(ids, TRANSFER)],
  header: exampleHeader,
}

function headerOf({ transactions: _, ...header }: BlockJson): HeaderJson {
  return header
}
