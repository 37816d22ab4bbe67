import type { ApiError } from '../../../api/errors.js'

/** What the rules mean to somebody who sends coins; other rules are told in the node's words. */
const PLAIN: Readonly<Record<string, string>> = {
  'TX-11': 'the transaction is for another chain than the node’s',
  'UTX-1': 'the coins were spent meanwhile; try again',
  'UTX-3': 'a mining reward is not mature yet; wait for more blocks',
  'UTX-4': 'the node told other amounts than its chain holds; try another node',
  'POOL-4':
    'another transaction spends these coins already, and this one does not pay enough more; raise --fee',
  'POOL-5': 'it would push out too many pending transactions; wait for a block',
  'POOL-7': 'too many transactions wait in a row; wait for a block',
  'POOL-8': 'too many transactions wait and all pay more; raise --fee or wait',
}

/** Why a node refused, in plain words with the number of the rule where there is one. */
export function refusalText({
  code,
  message,
  details,
}: Pick<ApiError, 'code' | 'message' | 'details'>): string {
  if (code === 'NOT_FOUND') return 'it keeps no chain; seed servers do not, so name a client with --node'
  if (code !== 'RULE_BROKEN') return `${message} (${code})`
  const rule = String(details['rule'])
  return `${PLAIN[rule] ?? message} (rule ${rule})`
}
