/** A worker thread that answers each buffer of packed checks, in order, with whether each of them is valid. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../base/errors.js'
import { SignatureVerifier } from '../wallet/signature-verifier.js'
import { unpackChecks } from './packed-checks.js'

const port = parentPort
assert(port, 'this module runs in a worker thread')
const verifier = new SignatureVerifier()

port.on('message', (buffer: ArrayBuffer) => {
  const answers: boolean[] = []
  for (const { publicKey, message, signature } of unpackChecks(buffer)) {
    answers.push(verifier.verify(publicKey, message, signature))
  }
  port.postMessage(answers)
})
