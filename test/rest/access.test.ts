import { describe, expect, test } from '@jest/globals'
import supertest from 'supertest'
import type { AccessRules } from '../../src/access/access.js'
import { fakeNode } from '../support/fake-node.js'
import { startClient } from '../support/test-node.js'
import { answerOf } from '../support/answer.js'

const NODE = { ip_address: '127.0.0.1', port: 1 }
const TOKEN = 'correct-horse-battery'

const withAccess = (access: Partial<AccessRules> = {}) =>
  fakeNode({ access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [], ...access } })

describe('the Host of a request', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.1:55000',
    'localhost',
    'localhost:55000',
    'LOCALHOST:55000',
    '[::1]:55000',
    '[::1]',
    '192.168.1.5:80',
    '8.8.8.8',
  ])('may be %s', async (host) => {
    await supertest(withAccess().app).get('/').set('host', host).expect(200)
  })

  test.each([
    'evil.example',
    'evil.example:55000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    '127.1',
    '2130706433',
    '0x7f.1',
    'localhost:1:2',
    '[::1',
    '::1]:80',
    'x@127.0.0.1',
    '',
  ])('may not be %p: a name that somebody points at this machine reads nothing', async (host) => {
    for (const path of ['/', '/nodes/', '/docs', '/metrics', '/nowhere']) {
      const { status, body } = await answerOf(supertest(withAccess().app).get(path).set('host', host))
      expect([status, (body as { error: { code: string } }).error.code]).toEqual([403, 'FORBIDDEN_ORIGIN'])
    }
  })

  test('may be a name the operator allows, at any port', async () => {
    const { app } = withAccess({ allowedHosts: ['node.example'] })
    for (const host of ['node.example', 'node.example:55000', 'Node.Example'])
      await supertest(app).get('/').set('host', host).expect(200)
    await supertest(app).get('/').set('host', 'other.example').expect(403)
  })
})

describe('the Origin of a request', () => {
  const send = (origin: string, access: Partial<AccessRules> = {}) =>
    supertest(withAccess(access).app)
      .post('/nodes/')
      .set('host', '127.0.0.1:55000')
      .set('origin', origin)
      .send(NODE)

  test.each([
    'http://evil.example',
    'https://evil.example',
    'http://127.0.0.1:8080',
    'http://localhost:55000',
    'null',
    '',
    'file://',
    'chrome-extension://abc',
    'http://127.0.0.1:55000.evil.example',
    'http://evil.example/http://127.0.0.1:55000',
  ])('may not be %p', async (origin) => {
    const { status, headers } = await send(origin)
    expect(status).toBe(403)
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  test('may be the node itself, or a page of a name the operator allows, at any port', async () => {
    await send('http://127.0.0.1:55000').expect(200)
    await send('https://127.0.0.1:55000').expect(200)
    for (const origin of ['http://app.example', 'https://app.example', 'http://app.example:3000']) {
      await send(origin, { allowedHosts: ['app.example'] }).expect(200)
    }
    await send('http://app.example.evil.example', { allowedHosts: ['app.example'] }).expect(403)
  })

  test('is asked for on every verb', async () => {
    const { app, did } = withAccess()
    for (const verb of ['get', 'post', 'put', 'delete', 'options', 'head'] as const) {
      await supertest(app)[verb]('/nodes/').set('origin', 'http://evil.example').expect(403)
    }
    expect(did).toEqual([])
  })
})

describe('a page of a stranger', () => {
  test('cannot make a browser introduce a node by a URL alone: an image names no Origin', async () => {
    const { app, did } = withAccess()
    for (const path of [
      '/nodes/?ip_address=127.0.0.1&port=80',
      '/nodes?port=80&ip_address=10.0.0.1',
      '/?ip_address=127.0.0.1&port=80',
    ]) {
      const { status } = await supertest(app).get(path)
      expect([path, status]).toEqual([path, 400])
    }
    expect(did).toEqual([])
  })

  test('cannot send a form: its content types are refused', async () => {
    const { app, did } = withAccess()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      await supertest(app).post('/nodes/').set('content-type', type).send(JSON.stringify(NODE)).expect(415)
    }
    expect(did).toEqual([])
  })
})

describe('verbs that change the node', () => {
  const ADMIN = [
    ['delete', '/nodes/', NODE],
    [
      'put',
      '/blockchain/',
      { name: 'x', height: -1, total_transactions: 0, total_addresses: 0, block_time: 1, block_reward: 1 },
    ],
  ] as const

  const statuses = async (access: Partial<AccessRules>, authorization?: string) => {
    const { app } = withAccess(access)
    const requests = ADMIN.map(([verb, path, body]) => {
      const request = supertest(app)[verb](path)
      return authorization === undefined
        ? request.send(body)
        : request.set('authorization', authorization).send(body)
    })
    return (await Promise.all(requests)).map(({ status }) => status)
  }

  test('are open on a loopback bind without a token', async () => {
    expect(await statuses({})).toEqual([200, 200])
  })

  test('are closed beyond a loopback bind where there is no token to send', async () => {
    expect(await statuses({ isLoopbackBind: false })).toEqual([401, 401])
    expect(await statuses({ isLoopbackBind: false }, 'Bearer undefined')).toEqual([401, 401])
    expect(await statuses({ isLoopbackBind: false }, 'Bearer ')).toEqual([401, 401])
  })

  test.each([true, false])('need the token where one is set (loopback bind: %p)', async (isLoopbackBind) => {
    const access = { isLoopbackBind, adminToken: TOKEN }
    expect(await statuses(access)).toEqual([401, 401])
    for (const wrong of [
      'Bearer',
      'Bearer x',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
      TOKEN,
      `Bearer ${TOKEN.toUpperCase()}`,
    ]) {
      expect([wrong, await statuses(access, wrong)]).toEqual([wrong, [401, 401]])
    }
    expect(await statuses(access, `Bearer ${TOKEN}`)).toEqual([200, 200])
    expect(await statuses(access, `bearer ${TOKEN}`)).toEqual([200, 200])
  })

  test('are refused before their params are looked at, and do not tell the token', async () => {
    const { app } = withAccess({ adminToken: TOKEN })
    const { status, text } = await supertest(app).delete('/nodes/').send({ nonsense: 1 })
    expect(status).toBe(401)
    expect(text).not.toContain(TOKEN)
  })

  test('leave the rest open', async () => {
    const { app } = withAccess({ isLoopbackBind: false, adminToken: TOKEN })
    await supertest(app).post('/nodes/').send(NODE).expect(200)
    await supertest(app).get('/blockchain/').expect(200)
  })

  test('of a real node that listens everywhere are closed even to its own machine', async () => {
    const node = await startClient(undefined, ['--ip', '0.0.0.0', '--advertise', '127.0.0.1:55000'])
    const url = node.localUrl.replace('0.0.0.0', '127.0.0.1')
    await supertest(url).delete('/nodes/').send(NODE).expect(401)
    await supertest(url).get('/').expect(200, { ip_address: '127.0.0.1', port: 55000 })
  })
})
