/** Writes the reference chain: blocks/, its wrong twins in blocks/invalid/, and what a reader needs to check them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeBlock } from '../src/ledger/encode-block.js'
import { settingsToJson } from '../src/ledger/settings.js'
import { PACKAGE_ROOT } from '../src/app/package-info.js'
import { chain } from './reference/forge.js'
import { invalidBlocks } from './reference/invalid-blocks.js'
import { settings } from './reference/settings.js'
import { referenceChain } from './reference/valid-chain.js'

const folder = join(PACKAGE_ROOT, 'blocks')
const blocks = referenceChain()
const wrong = invalidBlocks(blocks)

rmSync(join(folder, 'invalid'), { recursive: true, force: true })
mkdirSync(join(folder, 'invalid'), { recursive: true })
write('chain.json', {
  chain_id: chain.id,
  settings: settingsToJson(settings),
  now: (blocks.at(-1)?.block.header.timestamp ?? 0) + 1,
})
for (const { block } of blocks) write(`block${block.header.height}.json`, encodeBlock(block))
const counts = new Map<string, number>()
for (const { rule, what, height, block } of wrong) {
  const n = (counts.get(rule) ?? 0) + 1
  counts.set(rule, n)
  write(`invalid/${rule}${n > 1 ? `-${n}` : ''}.json`, { rule, what, height, block })
}
writeFileSync(join(folder, 'README.md'), readme())
console.log(`${blocks.length} blocks, ${wrong.length} wrong ones`)

function write(name: string, value: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
}

function readme(): string {
  const rows = blocks.map(({ block, shows }) => `| ${block.header.height} | ${shows} |`)
  const wrongRows = wrong.map(({ rule, what, height }) => `| ${rule} | ${what} | ${height} |`)
  return `# blocks/

The reference chain: ${blocks.length} valid blocks for people to open and for other implementations to test themselves against, and in
\`invalid/\` wrong ones that each name the rule they break. The rules stand in [docs/spec](../docs/spec/).

\`chain.json\` holds the consensus settings, the chain id that follows from them, and the time to check the blocks at. The keys are those of the [development accounts](../docs/wallets.md).

| height | what it shows |
| --- | --- |
${rows.join('\n')}

## invalid/

Each file has \`rule\`, \`what\`, \`height\` and \`block\`. The block would stand at that height, on the valid block below it; an
implementation must refuse it, naming the rule.

| rule | what is wrong | height |
| --- | --- | --- |
${wrongRows.join('\n')}

Both are written by \`npm run reference-chain\` and checked by \`test/ledger/reference-chain.test.ts\`.
`
}
