import type { Health } from '../../api/methods/health.js'
import type { BlockchainInfo } from '../../api/schemas/info.js'
import type { MiningStatus } from '../../api/schemas/mining.js'
import type { NodeRecord } from '../../api/schemas/node.js'
import { blocksTable, type ListedBlock } from './blocks-table.js'
import { escapeHtml, htmlPage } from './html.js'

export interface HomePageFacts {
  readonly self: NodeRecord
  readonly health: Health
  readonly info: BlockchainInfo
  readonly nodes: readonly NodeRecord[]
  /** Undefined for a seed server. */
  readonly chain: ChainFacts | undefined
  /** Text of a node's address as it stands in a URL, `127.0.0.1:55000`. */
  readonly keyOf: (record: NodeRecord) => string
}

/** What a node with a chain shows of it. */
export interface ChainFacts {
  /** The last of its chain, the newest first. */
  readonly blocks: readonly ListedBlock[]
  readonly mining: Pick<MiningStatus, 'mode' | 'interval' | 'blocks_mined'>
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** What a browser sees at the root of a node. */
export function homePage(facts: HomePageFacts): string {
  const { self, health, chain, keyOf } = facts
  const title = `${health.role === 'dns' ? 'Seed server' : 'Node'} ${keyOf(self)}`
  return htmlPage(
    `${title} · Terrarium`,
    `<h1>${escapeHtml(title)}</h1>
<p class="muted">Terrarium ${escapeHtml(health.version)}, profile ${health.profile}, up ${health.uptime_seconds} s.
<a href="/docs">API</a> · <a href="/blockchain/">blockchain</a> · <a href="/nodes/">nodes</a> · <a href="/health">health</a> · <a href="/metrics">metrics</a></p>
${chain ? chainSection(chain, health) : ''}<h2>Blockchain</h2>
${infoTable(facts)}
<h2>Known nodes (${facts.nodes.length})</h2>
${nodesTable(facts)}`,
  )
}

function chainSection(
  { blocks, mining, nowMs }: ChainFacts,
  { pending_transactions: pending }: Health,
): string {
  const waiting = `${pending} ${pending === 1 ? 'transaction waits' : 'transactions wait'} for a block`
  return `<h2>Last blocks</h2>
${blocks.length > 0 ? blocksTable(blocks, nowMs) : '<p>None yet: block 0 is still to be mined.</p>'}
<p><a href="/transactions/">${waiting}</a>. ${miningText(mining)}</p>
<p><a href="/blocks/">all blocks</a> · <a href="/blocks/tips/">ends of all branches</a> · <a href="/addresses/rich/">the richest</a> · <a href="/mining/">mining</a></p>
`
}

function miningText({ mode, interval, blocks_mined: mined }: ChainFacts['mining']): string {
  const how = {
    off: 'This node does not mine by itself',
    auto: 'This node mines when a transaction arrives',
    interval: `This node mines a block every ${interval} s`,
    pow: 'This node mines as fast as the difficulty lets it',
  }[mode]
  return `${how} (mode <b>${mode}</b>); ${mined} ${mined === 1 ? 'block' : 'blocks'} of its own since its start.`
}

function infoTable({ info, health }: HomePageFacts): string {
  const rows = Object.entries(info).map(
    ([key, value]) => `<tr><td>${key}</td><td>${escapeHtml(String(value))}</td></tr>`,
  )
  return `<table>${rows.join('')}<tr><td>chain_id</td><td><code>${health.chain_id}</code></td></tr></table>`
}

function nodesTable({ nodes, keyOf }: HomePageFacts): string {
  if (nodes.length === 0) return '<p>None yet.</p>'
  const rows = nodes.map((node) => `<tr><td><a href="http://${keyOf(node)}/">${keyOf(node)}</a></td></tr>`)
  return `<table>${rows.join('')}</table>`
}
