import { DEFAULTS } from './defaults.js'
import {
  channelName,
  integerIn,
  listOf,
  mspId,
  oneOf,
  path,
  type Program,
  secondsIn,
  setting,
} from './setting.js'

const client: readonly Program[] = ['client']
const { contract } = DEFAULTS

/** Settings of contracts, in the order of the help text. */
export const CONTRACT_SETTINGS = {
  contractPort: setting({
    flag: 'contract-port',
    group: 'Contracts',
    programs: client,
    read: integerIn(0, 65535),
    describe: 'port that contracts and clients of Fabric dial, over gRPC (0: none)',
  }),
  contractChannel: setting({
    flag: 'contract-channel',
    group: 'Contracts',
    programs: client,
    read: channelName,
    describe: 'what they call this chain',
  }),
  contractTimeoutMs: setting({
    flag: 'contract-timeout',
    group: 'Contracts',
    programs: client,
    read: secondsIn(0.05, 3600),
    describe: 'most seconds that a contract may take for a call',
  }),
  contractTls: setting({
    flag: 'contract-tls',
    group: 'Contracts',
    programs: client,
    read: path,
    describe:
      'folder with server.crt and server.key for the port, ca.crt if clients know it by that, and client-ca.crt if they must show certificates',
  }),
  contractAutoDeploy: setting({
    flag: 'contract-auto-deploy',
    group: 'Contracts',
    programs: client,
    read: oneOf('on', 'off'),
    describe: 'whether a contract that dials is deployed if it is not (profile dev alone): on, off',
  }),
  organisations: setting({
    flag: 'organisations',
    group: 'Contracts',
    programs: client,
    read: listOf(mspId),
    describe: 'organisations that this node issues identities for, and endorses calls for',
  }),
}

/** What the help text says of those nobody gives. */
export const CONTRACT_DEFAULT_TEXTS = {
  contractPort: `in profile dev: ${contract.port_distance} above --port, or a free one`,
  contractChannel: contract.default_channel,
  contractTimeoutMs: String(contract.default_timeout),
  contractTls: "a certificate of an authority of the node's own",
  contractAutoDeploy: 'on',
  organisations: `in profile dev: ${contract.dev_organisations.join(',')}`,
}
