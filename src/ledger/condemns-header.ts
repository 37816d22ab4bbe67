import type { RuleError } from './rule-error.js'

/**
 * Whether a block that breaks this rule is wrong with any body, so that its hash may be remembered as invalid. A header
 * commits to the ids of its transactions, not to their signatures, and a wrong body can be put under any header.
 * HDR-19 passes with time.
 */
export function condemnsHeader({ rule }: RuleError): boolean {
  if (rule.startsWith('HDR-')) return rule !== 'HDR-19'
  return rule.startsWith('UTX-') && rule !== 'UTX-5'
}
