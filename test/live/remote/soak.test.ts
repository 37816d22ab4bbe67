/** Faults at random for a while, then an audit; scripts/remote-soak.ts runs it for longer. */
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { Dice } from '../../../scripts/fuzz/mutate.js'
import { temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { expectVerified } from '../live-node.js'
import { languages, reportAbsent } from './support/each-language.js'
import { readyFolder } from './support/languages.js'
import { auditedFaults, isDone, tally } from './support/soak-audit.js'
import { SoakClients } from './support/soak-clients.js'
import { SoakLoad } from './support/soak-load.js'
import { SoakNode } from './support/soak-node.js'

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 60)
const SEED = Number(process.env['SOAK_SEED'] ?? 20_261)

/** For making ready, and for what is left when the faults end. */
const MORE_MS = 600_000

jest.setTimeout(SECONDS * 1000 + MORE_MS)

reportAbsent()

test('through a while of faults at random, no record is lost and each has the output it is due exactly once', async () => {
  say(`${SECONDS} s of faults, seed ${SEED}`)
  const all = languages()
  for (const language of all) await readyFolder(language)
  const folder = join(await temporaryFolder(), 'node')
  const node = await SoakNode.start(folder)
  const clients = new SoakClients()
  const types: string[] = []
  // Each contract is served by two clients in different languages; the last one in the order of the chain.
  for (const [place, language] of all.entries()) {
    const type = `soak-${language.name}`
    const order = place === all.length - 1 ? 'serial' : 'parallel'
    const contract = await node.register(type, { execution_order: order })
    await clients.add(language, contract)
    await clients.add(all[(place + 1) % all.length] ?? language, contract)
    types.push(type)
  }

  const load = new SoakLoad(node, types, new Dice(SEED))
  const loading = load.run()
  await upset(node, clients, new Dice(SEED + 1))
  load.end()
  await loading
  await clients.healed()
  for (const type of types) await waitFor(`${type} to be done`, () => isDone(node, type), MORE_MS / 2)

  const faults: string[] = []
  for (const type of types) {
    const {
      records,
      outputs,
      faults: found,
    } = await tally(node, type, load.acknowledged.get(type) ?? new Set())
    say(`${type}: ${records} records, ${outputs} outputs, ${found.length} faults`)
    expect(records).toBeGreaterThan(0)
    faults.push(...found, ...(await auditedFaults(node, type)))
  }
  expect(faults).toEqual([])
  await clients.stop()
  await node.stop()
  await expectVerified(folder)
})

async function upset(node: SoakNode, clients: SoakClients, dice: Dice): Promise<void> {
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end) {
    await delay(1000 + dice.roll(3000))
    const chance = dice.roll(10)
    if (chance < 4) say(clients.kill(dice))
    else if (chance < 8) say(clients.freeze(dice))
    else {
      const signal = chance === 8 ? 'SIGKILL' : 'SIGTERM'
      say(`the node gets ${signal}`)
      await node.restart(signal)
    }
  }
}

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`)
}
