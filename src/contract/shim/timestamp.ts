/** A time as protobuf has it. */
export interface ProtoTimestamp {
  readonly seconds: number
  readonly nanos: number
}

const TWO_TO_32 = 2 ** 32

/** Seconds as contracts of Fabric get them: the part of the class Long (npm: long) that there is use for. */
export class LongSeconds {
  readonly low: number
  readonly high: number
  readonly unsigned = true

  constructor(seconds: number) {
    this.low = seconds | 0
    this.high = Math.floor(seconds / TWO_TO_32) | 0
  }

  toNumber(): number {
    return (this.high >>> 0) * TWO_TO_32 + (this.low >>> 0)
  }

  /** The lower 32 bits. */
  toInt(): number {
    return this.low >>> 0
  }

  toBigInt(): bigint {
    return BigInt(this.toNumber())
  }

  toString(): string {
    return String(this.toNumber())
  }
}

export interface StubTimestamp {
  readonly seconds: LongSeconds
  readonly nanos: number
}
