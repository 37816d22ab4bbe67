import { AssetContract } from './asset-contract.js'

/** What this package deploys. */
export const contracts = [AssetContract]
