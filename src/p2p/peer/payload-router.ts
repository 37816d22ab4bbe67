import type { PayloadHeader, PayloadSink } from '../blocks/payload-sink.js'
import type { PeerSettings } from './options.js'
import type { StreamedMessage } from './peer-message.js'

/** Where the payloads of blocks and large transactions go. */
export class PayloadRouter {
  /** Milliseconds since 1970 of the last bytes of such a payload. */
  lastBytesAt = 0

  constructor(
    private readonly settings: PeerSettings,
    private readonly deliver: (message: StreamedMessage) => Promise<void>,
    private readonly onBytes: () => void,
  ) {}

  /** @returns undefined for a payload that is collected in memory */
  open(_command: string, _header: PayloadHeader): PayloadSink | undefined {
    void [this.settings, this.deliver, this.onBytes]
    return undefined
  }
}
