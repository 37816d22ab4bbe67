import type { Command } from '../command.js'
import { connect } from './connect.js'
import { deploy } from './deploy.js'
import { dev } from './dev.js'
import { evaluate } from './evaluate.js'
import { events } from './events.js'
import { identity } from './identity.js'
import { invoke } from './invoke.js'
import { list } from './list.js'
import { createContract } from './new.js'
import { metadata } from './metadata.js'
import { server } from './server.js'
import { show } from './show.js'
import { start } from './start.js'

/** Every word after `terrarium contract`, in the order of the help text. */
export const contractCommands: readonly Command[] = [
  createContract,
  dev,
  list,
  show,
  invoke,
  evaluate,
  events,
  deploy,
  connect,
  identity,
  start,
  server,
  metadata,
]
