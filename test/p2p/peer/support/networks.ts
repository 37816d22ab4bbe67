import { networks } from '../../../../src/p2p/networks/networks.js'

export const bsv = networks.bsv.regtest
export const btc = networks.btc.regtest
