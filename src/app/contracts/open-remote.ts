import { fail } from '../../api/errors.js'
import { laterRemote, type RemotePorts } from './later-remote.js'

/** Remote contracts of a node that has none yet. */
export function openRemote(): RemotePorts {
  return laterRemote(() => fail('NOT_READY'))
}
