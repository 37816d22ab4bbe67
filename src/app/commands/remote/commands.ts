import type { Command } from '../command.js'
import { audit } from './audit.js'
import { drain } from './drain.js'
import { keys } from './keys.js'
import { logs } from './logs.js'
import { retry } from './retry.js'
import { status } from './status.js'

/** Every word after `terrarium remote`, in the order of the help text. */
export const remoteCommands: readonly Command[] = [status, logs, retry, drain, audit, keys]
