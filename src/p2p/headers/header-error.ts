import { P2pError, ProtocolError, type ProtocolFault } from '../errors.js'

/** Why a header was refused, what that means, and what it says of the peer that sent it. */
export const HEADER_FAULTS = {
  unknown_parent: ['the header before it is not known', 'unconnected_headers'],
  not_linked: ['it does not follow the header before it in the message', 'disconnected_headers'],
  bad_proof_of_work: ['its hash is above its target', 'bad_header'],
  wrong_bits: ['its difficulty is not what the rules require', 'bad_header'],
  time_too_old: ['its time is not after the median of the eleven before it', 'bad_header'],
  time_too_new: ['its time is more than two hours ahead of this clock', undefined],
  time_warp: ['its period begins more than ten minutes before its parent', 'bad_header'],
  bad_version: ['its version is too low for its height', 'bad_header'],
  checkpoint_mismatch: ['another block stands at its height by checkpoint', 'bad_header'],
  fork_below_checkpoint: ['its branch leaves the chain below a checkpoint that was passed', 'bad_header'],
  invalid_block: ['it is one of the blocks that the user called invalid', 'bad_header'],
  side_branch_limit: ['its branch has too many headers for its work', undefined],
  low_work_limit: ['the chain has too many headers for its work', undefined],
} as const satisfies Record<string, readonly [meaning: string, fault: ProtocolFault | undefined]>

/** Why a header was refused, for programs. */
export type HeaderFault = keyof typeof HEADER_FAULTS

/** A header that was refused. Those before it in the same call were taken. */
export class HeaderError extends P2pError {
  override readonly name = 'HeaderError'
  override readonly code: HeaderFault
  constructor(
    code: HeaderFault,
    /** Which header of those given, from 0. */
    readonly index: number,
    /** The height it would have had; undefined where its parent is not known. */
    readonly height: number | undefined,
  ) {
    const where = height === undefined ? `header ${index}` : `header ${index} (height ${height})`
    super(code, `${where} was refused: ${HEADER_FAULTS[code][0]}`)
    this.code = code
  }

  /** What to hold against the peer that sent it; undefined where it may be honest. */
  toProtocolError(): ProtocolError | undefined {
    const fault = HEADER_FAULTS[this.code][1]
    return fault === undefined ? undefined : new ProtocolError(fault, this.message, { cause: this })
  }
}
