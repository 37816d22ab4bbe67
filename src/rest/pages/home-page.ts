import type { Health } from '../../api/methods/health.js'
import type { BlockchainInfo } from '../../api/schemas/info.js'
import type { NodeRecord } from '../../api/schemas/node.js'
import { escapeHtml, htmlPage } from './html.js'

export interface HomePageFacts {
  readonly self: NodeRecord
  readonly health: Health
  readonly info: BlockchainInfo
  readonly nodes: readonly NodeRecord[]
  /** Text of a node's address as it stands in a URL, `127.0.0.1:55000`. */
  readonly keyOf: (record: NodeRecord) => string
}

/** What a browser sees at the root of a node. */
export function homePage({ self, health, info, nodes, keyOf }: HomePageFacts): string {
  const title = `${health.role === 'dns' ? 'Seed server' : 'Node'} ${keyOf(self)}`
  const peers = nodes
    .map((node) => `<tr><td><a href="http://${keyOf(node)}/">${keyOf(node)}</a></td></tr>`)
    .join('')
  return htmlPage(
    `${title} · Terrarium`,
    `<h1>${escapeHtml(title)}</h1>
<p class="muted">Terrarium ${escapeHtml(health.version)}, profile ${health.profile}, up ${health.uptime_seconds} s.
<a href="/docs">API</a> · <a href="/blockchain/">blockchain</a> · <a href="/nodes/">nodes</a> · <a href="/health">health</a> · <a href="/metrics">metrics</a></p>
<h2>Blockchain</h2>
<table>${Object.entries(info)
      .map(([key, value]) => `<tr><td>${key}</td><td>${escapeHtml(String(value))}</td></tr>`)
      .join('')}<tr><td>chain_id</td><td><code>${health.chain_id}</code></td></tr></table>
<h2>Known nodes (${nodes.length})</h2>
${nodes.length > 0 ? `<table>${peers}</table>` : '<p>None yet. Nodes are looked for every few seconds.</p>'}`,
  )
}
