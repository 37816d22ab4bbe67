import type { SignatureCheck } from '../ledger/signature-checks.js'

/** Verifies signatures, wherever it likes. Rejects with RuleError TX-22 when one is wrong. */
export type VerifyAll = (checks: readonly SignatureCheck[]) => Promise<void>
