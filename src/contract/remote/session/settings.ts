/** The protocols that are spoken here. */
export const PROTOCOLS: readonly number[] = [1]

/** Sessions count in steps of this; a machine that stood still in between has not waited. */
export const TICK_MS = 1000

export const HEARTBEAT_MS = 5000
export const HEARTBEAT_TICKS = HEARTBEAT_MS / TICK_MS

/** Whoever says nothing for so long is gone: a client's heartbeat comes three times as often. */
export const SILENCE_TICKS = 15

export const HELLO_TICKS = 10

/** Whoever takes nothing of what waits for it for so long does not read. */
export const UNREAD_TICKS = 60

/** A connection over which the end of its stream does not get is cut after so long. */
export const CLOSING_TICKS = 5

/** Streams of one contract that are welcomed, and as many again that have not said Hello yet. */
export const MAX_STREAMS = 16

export const RETRY_AFTER_MS = 10_000

export const MAX_FRAME_BYTES = 4 * 1024 * 1024

/** Results of one stream that are being kept; beyond, no more is read. */
export const MAX_FINISHING = 256
export const MAX_FINISHING_BYTES = 8 * 1024 * 1024

/** What a client may say of itself. */
export const MAX_INSTANCE_ID = 128
export const MAX_LABEL = 64
export const MAX_HELD = 1024
