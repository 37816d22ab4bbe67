import type { TSchema } from '@sinclair/typebox'
import { ERRORS } from '../../api/errors.js'
import type { AnyMethod, MethodTable } from '../../api/method.js'
import { refusals, routeOf } from '../../api/openapi.js'
import { escapeHtml, htmlPage } from './html.js'

/** The API by example, derived from the method table; works offline and without scripts. */
export function docsPage(table: MethodTable, version: string): string {
  const entries = Object.entries(table)
  const body = `
<h1>Terrarium API</h1>
<p class="muted">Version ${escapeHtml(version)}. The same document for programs: <a href="/openapi.json">openapi.json</a>. <a href="/">This node</a>.</p>
<table>${entries.map(([name, method]) => row(name, method)).join('')}</table>
${entries.map(([name, method]) => section(name, method)).join('')}
<h2 id="errors">Errors</h2>
<p>Every error is <code>{"error": {"code", "message", "details"}}</code>.</p>
<table>${Object.entries(ERRORS)
    .map(
      ([code, { status, text }]) =>
        `<tr><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(text)}</td></tr>`,
    )
    .join('')}</table>`
  return htmlPage('Terrarium API', body)
}

function row(name: string, method: AnyMethod): string {
  return `<tr><td><a href="#${name}"><code>${name}</code></a></td><td>${binding(method)}</td><td>${escapeHtml(method.summary)}</td></tr>`
}

function binding(method: AnyMethod): string {
  const route = routeOf(method)
  if (!route) return ''
  return `<code><span class="verb">${route.verb}</span> ${escapeHtml(route.path)}</code>`
}

function section(name: string, method: AnyMethod): string {
  const errors = [...(method.errors ?? []), ...(method.scope === 'admin' ? ['UNAUTHORIZED'] : [])]
  return `
<h2 id="${name}">${name}</h2>
<p>${binding(method)}</p>
<p>${escapeHtml(method.summary)}.${method.scope === 'admin' ? ' Needs the admin token beyond loopback.' : ''}</p>
${method.refuses ? `<p class="muted">${escapeHtml(refusals(method.refuses))}</p>` : ''}
${parameters(method.paramsShape ?? method.params)}
<pre>${escapeHtml(curl(method))}\n\n${escapeHtml(JSON.stringify(method.example.result, null, 2))}</pre>
${errors.length > 0 ? `<p class="muted">Errors: ${errors.map((code) => `<code>${code}</code>`).join(', ')}</p>` : ''}`
}

function parameters(schema: TSchema): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, TSchema>)
  if (properties.length === 0) return ''
  const required = (schema['required'] ?? []) as string[]
  const rows = properties.map(
    ([key, property]) =>
      `<tr><td><code>${key}</code>${required.includes(key) ? '' : ' <span class="muted">optional</span>'}</td><td>${escapeHtml(describe(property))}</td></tr>`,
  )
  return `<table>${rows.join('')}</table>`
}

function describe(schema: TSchema): string {
  const alternatives = schema['anyOf'] as TSchema[] | undefined
  if (alternatives) return alternatives.map(describe).join(', or ') + sentence(schema.description)
  const bounds = ['minimum', 'maximum', 'maxLength', 'pattern']
    .filter((key) => schema[key] !== undefined)
    .map((key) => `${key} ${String(schema[key])}`)
  const type =
    schema['const'] === undefined ? String(schema['type'] ?? 'any') : JSON.stringify(schema['const'])
  const text = schema['const'] === undefined ? schema.description : undefined
  return [type, ...bounds].join(', ') + sentence(text)
}

function sentence(text: string | undefined): string {
  return text ? `. ${text}` : ''
}

function curl(method: AnyMethod): string {
  const route = routeOf(method)
  if (!route) return ''
  const params = { ...(method.example.params as Record<string, unknown>) }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = String(params[key])
    Reflect.deleteProperty(params, key)
    return encodeURIComponent(value)
  })
  const query = route.verb === 'GET' ? new URLSearchParams(params as Record<string, string>).toString() : ''
  const url = `http://127.0.0.1:55000${path}${query ? `?${query}` : ''}`
  if (route.verb === 'GET') return `curl ${query ? `'${url}'` : url}`
  return `curl -X ${route.verb} ${url} \\\n  -H 'content-type: application/json' -d '${JSON.stringify(params)}'`
}
