/** What a link tells its owner. */
export interface LinkEvents {
  onOpen(): void
  /**
   * Bytes that came, in order. They may be overwritten after the call returns true; after false nothing more comes, and
   * they stay as they are, until `resume`.
   */
  onBytes(bytes: Uint8Array): boolean
  /** What was written has left: writing may go on. */
  onDrain(): void
  /** The last call, exactly once, whoever ended the link; `error` where something failed. */
  onClose(error?: Error): void
}

/** A connection of bytes, made by a {@link Transport}. */
export interface Link {
  /** @returns false where nothing more should be written before `onDrain`. */
  write(bytes: Uint8Array): boolean
  /** Bytes may come again, after `onBytes` returned false. */
  resume(): void
  /** Ends it at once; `onClose` follows. */
  destroy(): void
}

/** Where to connect to. */
export interface LinkTarget {
  /** A name or an address. */
  readonly host: string
  readonly port: number
  /** The local address to connect from. */
  readonly localAddress?: string
}

/** How peers are reached: TCP, or the memory of a test. */
export type Transport = (target: LinkTarget, events: LinkEvents) => Link
