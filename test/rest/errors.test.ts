import { createServer } from 'node:http'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import supertest from 'supertest'
import { afterThisTest } from '../support/cleanup.js'
import { fakeNode } from '../support/fake-node.js'
import { waitFor } from '../support/wait-for.js'
import { answerOf } from '../support/answer.js'

const NODE = '{"ip_address":"127.0.0.1","port":1}'

/** What came back, as far as an error is concerned. */
async function outcome(request: supertest.Test): Promise<unknown[]> {
  const { status, body, headers } = await answerOf(request)
  const error = (body as { error?: { code: string; message: string; details: object } }).error
  expect(headers['content-type']).toBe('application/json; charset=utf-8')
  expect(Object.keys(error ?? {})).toEqual(['code', 'message', 'details'])
  return [status, error?.code]
}

const post = (body: string | Buffer, type = 'application/json', path = '/nodes/') => {
  const { app, did } = fakeNode()
  const request = supertest(app)
    .post(path)
    .set('content-type', type)
    .serialize((value: unknown) => value as string)
  return outcome(request.send(body as string)).then((result) => [...result, did])
}

describe('a body', () => {
  test.each([
    ['{', 'MALFORMED_JSON'],
    ['{"ip_address":}', 'MALFORMED_JSON'],
    [`${NODE}x`, 'MALFORMED_JSON'],
    ["{'port':1}", 'MALFORMED_JSON'],
    ['NaN', 'MALFORMED_JSON'],
    ['[1,]', 'MALFORMED_JSON'],
    ['{"ip_address":"127.0.0.1","port":1,"port":2}', 'MALFORMED_JSON'],
    ['{"ip_address":"127.0.0.1","port":1,"p\\u006frt":1}', 'MALFORMED_JSON'],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'MALFORMED_JSON'],
    ['['.repeat(5000), 'MALFORMED_JSON'],
    [`[${NODE}]`, 'INVALID_PARAMS'],
    ['[]', 'INVALID_PARAMS'],
    ['"127.0.0.1:1"', 'INVALID_PARAMS'],
    ['12', 'INVALID_PARAMS'],
    ['null', 'INVALID_PARAMS'],
    ['true', 'INVALID_PARAMS'],
    ['{}', 'INVALID_PARAMS'],
    ['', 'INVALID_PARAMS'],
    [' \n', 'INVALID_PARAMS'],
    ['{"ip_address":"127.0.0.1","port":1,"__proto__":{"x":1}}', 'INVALID_PARAMS'],
    ['{"ip_address":"127.0.0.1","__proto__":{"port":1}}', 'INVALID_PARAMS'],
    ['{"__proto__":{"ip_address":"127.0.0.1","port":1}}', 'INVALID_PARAMS'],
    ['{"ip_address":"127.0.0.1","port":1,"constructor":1}', 'INVALID_PARAMS'],
    ['{"ip_address":"127.0.0.1","port":"1"}', 'INVALID_PARAMS'],
    ['{"ip_address":"127.0.0.1","port":1e400}', 'INVALID_PARAMS'],
    ['{"ip_address":"127.0.0.1","port":[1]}', 'INVALID_PARAMS'],
    ['{"ip_address":{"toString":1},"port":1}', 'INVALID_PARAMS'],
  ])('%s is 400 %s', async (body, code) => {
    expect(await post(body)).toEqual([400, code, []])
  })

  test('names what is wrong with it', async () => {
    const { body } = await answerOf(
      supertest(fakeNode().app).post('/nodes/').send({ ip_address: 'localhost', port: 1 }),
    )
    expect(body).toEqual({
      error: {
        code: 'INVALID_PARAMS',
        message: 'ip_address must be a literal IPv4 or IPv6 address, such as 127.0.0.1 or ::1',
        details: { path: '/ip_address' },
      },
    })
  })

  test('in bytes that are no UTF-8 is 400 MALFORMED_JSON', async () => {
    const body = Buffer.from('{"ip_address":"127.0.0.1","port":1,"\xff":1}', 'latin1')
    const { status, body: answer } = await answerOf(
      supertest(fakeNode().app)
        .post('/nodes/')
        .set('content-type', 'application/json')
        .send(body)
        .serialize((value: unknown) => value as string),
    )
    expect([status, answer]).toMatchObject([400, { error: { code: 'MALFORMED_JSON' } }])
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json, text/plain',
    'text/json',
    '',
  ])('of type %p is 415, whatever it holds', async (type) => {
    expect(await post(NODE, type)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE', []])
  })

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('of type %p is read', async (type) => {
    const { app, did } = fakeNode()
    await supertest(app).post('/nodes/').set('content-type', type).send(NODE).expect(200)
    expect(did).toHaveLength(1)
  })

  test('that is compressed is 415', async () => {
    const { app } = fakeNode()
    expect(await outcome(supertest(app).post('/nodes/').set('content-encoding', 'gzip').send({}))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ])
  })

  test('that does not fit its operation is refused on every verb', async () => {
    const { app } = fakeNode()
    for (const request of [
      supertest(app).post('/').send({ port: 1 }),
      supertest(app).get('/nodes/').send({ ip_address: '127.0.0.1' }),
      supertest(app).delete('/nodes/').send({}),
      supertest(app).put('/blockchain/').send({ name: 'x' }),
      supertest(app).get('/blockchain/').send({ name: 'x' }),
      supertest(app).get('/nodes/0').send({ extra: 1 }),
    ]) {
      expect(await outcome(request)).toEqual([400, 'INVALID_PARAMS'])
    }
  })

  describe('larger than the node reads is 413', () => {
    test.each(['post', 'put', 'delete', 'get'] as const)('by %s', async (verb) => {
      const { app, did } = fakeNode()
      const path = verb === 'put' ? '/blockchain/' : '/nodes/'
      expect(
        await outcome(
          supertest(app)
            [verb](path)
            .send({ name: 'x'.repeat(10_000) }),
        ),
      ).toEqual([413, 'BODY_TOO_LARGE'])
      expect(did).toEqual([])
    })

    test('of a length that is not announced, before it ends', async () => {
      const answer = await exchange(
        'POST /nodes/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
          `4000\r\n${' '.repeat(0x4000)}\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1.1 413 .*BODY_TOO_LARGE/is)
    })

    test('that is announced, before it is sent', async () => {
      const answer = await exchange(
        'POST /nodes/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 10001\r\n\r\n',
      )
      expect(answer).toMatch(/^HTTP\/1.1 413 .*BODY_TOO_LARGE/is)
    })

    test('but exactly as large is read', async () => {
      const body = NODE + ' '.repeat(10_000 - NODE.length)
      await supertest(fakeNode().app)
        .post('/nodes/')
        .set('content-type', 'application/json')
        .send(body)
        .expect(200)
    })
  })
})

describe('a path', () => {
  test.each([
    '/nowhere',
    '/node',
    '/nodes/0/1',
    '/NODES/',
    '/Blockchain',
    '/nodes//',
    '/.env',
    '/../package.json',
    '/docs/x',
    '/nodes/0//',
  ])('%s is 404 on every verb', async (path) => {
    for (const verb of ['get', 'post', 'put', 'delete', 'patch', 'options'] as const) {
      expect(await outcome(supertest(fakeNode().app)[verb](path))).toEqual([404, 'NOT_FOUND'])
    }
  })

  test.each(['/%', '/nodes/%ff', '/nodes/%E0%A4%A'])('%s, which is no text, is 400 or 404', async (path) => {
    const [status] = await outcome(supertest(fakeNode().app).get(path))
    expect([400, 404]).toContain(status)
  })

  test('is told back without being run', async () => {
    const { body } = await answerOf(supertest(fakeNode().app).get('/<script>'))
    expect((body as { error: { message: string } }).error.message).not.toContain('<script>')
  })
})

describe('a verb the path does not take', () => {
  test.each([
    ['put', '/', 'GET, POST, HEAD, OPTIONS'],
    ['delete', '/', 'GET, POST, HEAD, OPTIONS'],
    ['put', '/nodes/', 'GET, POST, DELETE, HEAD, OPTIONS'],
    ['patch', '/nodes', 'GET, POST, DELETE, HEAD, OPTIONS'],
    ['post', '/nodes/0/', 'GET, HEAD, OPTIONS'],
    ['post', '/blockchain/', 'GET, PUT, HEAD, OPTIONS'],
    ['delete', '/blockchain', 'GET, PUT, HEAD, OPTIONS'],
    ['post', '/health', 'GET, HEAD, OPTIONS'],
    ['post', '/docs', 'GET, HEAD, OPTIONS'],
    ['put', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['delete', '/metrics', 'GET, HEAD, OPTIONS'],
  ] as const)('%s %s is 405 and Allow says %s', async (verb, path, allow) => {
    const request = supertest(fakeNode().app)[verb](path)
    expect(await outcome(request)).toEqual([405, 'METHOD_NOT_ALLOWED'])
    const { headers } = await supertest(fakeNode().app)[verb](path)
    expect(headers['allow']?.split(', ').sort()).toEqual(allow.split(', ').sort())
  })

  test.each([
    ['/', 'GET, POST, HEAD, OPTIONS'],
    ['/nodes/', 'GET, POST, DELETE, HEAD, OPTIONS'],
    ['/blockchain', 'GET, PUT, HEAD, OPTIONS'],
    ['/nodes/3/', 'GET, HEAD, OPTIONS'],
    ['/docs', 'GET, HEAD, OPTIONS'],
  ])('OPTIONS %s is 204, Allow says %s, and no other site is let in', async (path, allow) => {
    const { status, headers, text } = await supertest(fakeNode().app).options(path)
    expect([status, headers['allow']?.split(', ').sort(), text]).toEqual([204, allow.split(', ').sort(), ''])
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test.each([
    '/',
    '/nodes/',
    '/nodes/0',
    '/blockchain/',
    '/health',
    '/docs',
    '/openapi.json',
    '/metrics',
    '/nowhere',
  ])('HEAD %s has the headers of GET and no body', async (path) => {
    const { app } = fakeNode()
    const [head, get] = [await supertest(app).head(path), await supertest(app).get(path)]
    expect([head.status, head.text]).toEqual([get.status, undefined])
    for (const name of ['content-type', 'content-length', 'terrarium-chain'])
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]])
  })
})

/** Sends bytes to a node and gives its answer, an error. */
async function exchange(bytes: string): Promise<string> {
  const server = createServer(fakeNode().app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  afterThisTest(() => {
    socket.destroy()
    server.close()
  })
  socket.write(bytes)
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  return waitFor('a whole answer', () => (text.endsWith('}}') ? text : ''))
}
