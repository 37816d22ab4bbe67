import { describe, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import axios from 'axios'
import supertest from 'supertest'
import { ERRORS } from '../../src/api/errors.js'
import { nodeApi } from '../../src/api/node-api.js'
import { escapeHtml } from '../../src/rest/pages/html.js'
import { fakeNode } from '../support/fake-node.js'
import { startClient, startDns } from '../support/test-node.js'
import { answerOf } from '../support/answer.js'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

describe('GET /', () => {
  test.each([
    [BROWSER, 'text/html'],
    ['text/html', 'text/html'],
    ['application/json', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html;q=0.1, application/json', 'application/json'],
    ['image/png', 'application/json'],
    ['nonsense', 'application/json'],
  ])('gives Accept %p %s', async (accept, type) => {
    const { status, headers } = await supertest(fakeNode().app).get('/').set('accept', accept)
    expect([status, headers['content-type']]).toEqual([200, `${type}; charset=utf-8`])
  })

  test('tells caches that the answer depends on Accept, whoever asks', async () => {
    for (const accept of [BROWSER, 'application/json']) {
      expect((await supertest(fakeNode().app).get('/').set('accept', accept)).headers['vary']).toMatch(
        /accept/i,
      )
    }
  })

  test('gives a browser the page of a real node: itself, its chain, its known nodes, no script', async () => {
    const node = await startClient(undefined)
    node.finder.known.hear({ ip_address: '::1', port: 40001 }, 'test')
    await axios.put(`${node.url}/blockchain/`, {
      ...node.context.blockchain.get(),
      name: '<img src=x onerror=alert(1)>"&',
    })
    const { text, headers } = await supertest(node.url).get('/').set('accept', BROWSER)
    expect(text).toMatch(/^<!doctype html>/)
    expect(text).toContain(`Node 127.0.0.1:${node.record.port}`)
    expect(text).toContain('<a href="http://[::1]:40001/">')
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&amp;')
    expect(text).not.toMatch(/<img|<script/)
    expect(headers['content-security-policy']).toMatch(/default-src 'none'/)
  })

  test('says of a seed server that it is one', async () => {
    const dns = await startDns()
    expect((await supertest(dns.url).get('/').set('accept', BROWSER)).text).toContain('Seed server 127.0.0.1')
  })
})

describe('GET /docs', () => {
  test('shows every operation and every error, and loads nothing from elsewhere', async () => {
    const { text } = await supertest(fakeNode().app).get('/docs')
    for (const name of Object.keys(nodeApi)) expect(text).toContain(`<h2 id="${name}">`)
    for (const code of Object.keys(ERRORS)) expect(text).toContain(`<code>${code}</code>`)
    expect(text).not.toMatch(/<script|<link|<img|src=|@import|url\(/)
  })
})

test('GET /openapi.json is valid OpenAPI', async () => {
  const { body } = await answerOf(supertest(fakeNode().app).get('/openapi.json'))
  expect(await new Validator().validate(body as Record<string, unknown>)).toMatchObject({ valid: true })
})

test('every HTML page is well formed: what is opened is closed', async () => {
  const node = await startClient(undefined)
  for (const path of ['/', '/docs']) {
    const { text } = await supertest(node.url).get(path).set('accept', BROWSER)
    expect([path, unbalanced(text)]).toEqual([path, []])
  }
})

test('escapeHtml leaves nothing that ends a text or a quoted attribute', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;',
  )
})

/** Elements opened and not closed, or the other way round. */
function unbalanced(html: string): string[] {
  const VOID = new Set(['meta', 'br', 'img', 'link', 'hr', 'input'])
  const open: string[] = []
  for (const [, slash, name = ''] of html
    .replace(/<style>[\s\S]*?<\/style>|<!doctype html>/g, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (VOID.has(name)) continue
    if (slash === '') open.push(name)
    else if (open.pop() !== name) return [`</${name}>`]
  }
  return open
}
