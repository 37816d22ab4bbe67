import { describe, expect, test } from '@jest/globals'
import { checkPayloadLength, maxPayloadBytes, messageLimits } from '../../../src/p2p/wire/limits.js'
import { faultOf } from './fault-of.js'

const GIB4 = 2 ** 32

describe('P2P-2 the longest payload', () => {
  test.each([
    ['ping', 8, 8],
    ['verack', 0, 0],
    ['sendcmpct', 9, 9],
    ['headers', 2_097_152, 4_000_000],
    ['inv', 2_097_152, 4_000_000],
    ['surprise', 2_097_152, 4_000_000],
    ['protoconf', 1_048_576, 1_048_576],
    ['tx', 1_000_000_000, 4_000_000],
    ['block', Number.MAX_SAFE_INTEGER, 4_000_000],
    ['cmpctblock', 2_097_152, 4_000_000],
  ])('of %s is %d on BSV and %d on BTC', (command, onBsv, onBtc) => {
    expect(maxPayloadBytes(command, messageLimits('bsv'))).toBe(onBsv)
    expect(maxPayloadBytes(command, messageLimits('btc'))).toBe(onBtc)
  })

  test('follows the options', () => {
    const limits = messageLimits('bsv', { maxBlockBytes: 10, maxTxBytes: 20, maxMessageBytes: 30 })
    expect(['block', 'tx', 'addr'].map((command) => maxPayloadBytes(command, limits))).toEqual([10, 20, 30])
  })

  test('is checked from the header alone, before anything is allocated', () => {
    const limits = messageLimits('bsv')
    expect(faultOf(() => checkPayloadLength({ command: 'ping', length: GIB4 }, limits))).toBe(
      'oversize_message',
    )
    expect(faultOf(() => checkPayloadLength({ command: 'ping', length: 8 }, limits))).toBeUndefined()
    expect(faultOf(() => checkPayloadLength({ command: 'block', length: GIB4 + 1 }, limits))).toBeUndefined()
  })
})
