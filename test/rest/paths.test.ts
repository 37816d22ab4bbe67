import { expect, test } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import { observe } from '../../src/rest/observe.js'
import { errorHandler } from '../../src/rest/errors.js'
import { type PathHandler, Paths } from '../../src/rest/paths.js'

/** Answers with the path it was added at and the values it was given. */
function served(...added: string[]) {
  const paths = new Paths()
  const tell =
    (path: string): PathHandler =>
    (_request, response, _next, values) =>
      void response.json([path, ...values])
  for (const path of added) paths.add('GET', path, tell(path))
  const seen: string[] = []
  const app = express()
  app.use((request, response, next) => {
    observe(request, response, (_verb, path, status) => seen.push(`${path} ${status}`))
    next()
  })
  app.use(paths.handler()).use(errorHandler(() => undefined))
  return { get: (path: string) => supertest(app).get(path), call: supertest(app), paths, seen }
}

test('a path is found with and without its trailing slash', async () => {
  const { get } = served('/', '/nodes/', '/health')
  for (const path of ['/nodes/', '/nodes']) expect((await get(path)).body).toEqual(['/nodes/'])
  for (const path of ['/health', '/health/']) expect((await get(path)).body).toEqual(['/health'])
  expect((await get('/')).body).toEqual(['/'])
})

test('a parameter takes one segment, decoded, and never an empty one', async () => {
  const { get } = served('/nodes/{nid}/', '/a/{b}/c/{d}')
  expect((await get('/nodes/random/')).body).toEqual(['/nodes/{nid}/', 'random'])
  expect((await get('/a/x%2Fy/c/%C3%BC')).body).toEqual(['/a/{b}/c/{d}', 'x/y', 'ü'])
  for (const path of ['/nodes//', '/nodes/1/2', '/a//c/d']) expect((await get(path)).status).toBe(404)
})

test('a literal segment wins over a parameter, in whatever order they were added', async () => {
  for (const order of [
    ['/blocks/{height}/', '/blocks/tips/'],
    ['/blocks/tips/', '/blocks/{height}/'],
  ]) {
    const { get } = served(...order)
    expect((await get('/blocks/tips/')).body).toEqual(['/blocks/tips/'])
    expect((await get('/blocks/7/')).body).toEqual(['/blocks/{height}/', '7'])
  }
})

test('a literal segment that leads nowhere does not hide a parameter that does', async () => {
  const { get } = served('/a/b/c', '/{x}/b/{y}', '/a/{z}/d')
  expect((await get('/a/b/d')).body).toEqual(['/a/{z}/d', 'b'])
  expect((await get('/a/b/e')).body).toEqual(['/{x}/b/{y}', 'a', 'e'])
})

test('paths are told apart by case, and names of object members are ordinary segments', async () => {
  const { get } = served('/nodes/', '/{name}')
  expect((await get('/Nodes/')).body).toEqual(['/{name}', 'Nodes'])
  for (const name of ['__proto__', 'constructor'])
    expect((await get(`/${name}`)).body).toEqual(['/{name}', name])
})

test('a segment that is no percent-encoded UTF-8 is the fault of the caller', async () => {
  const answer = await served('/nodes/{nid}/').get('/nodes/%ff/')
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ error: { code: 'INVALID_PARAMS' } })
})

test('HEAD is answered like GET; another verb hears which ones the path takes, and why it never will', async () => {
  const { call, paths } = served('/blocks/')
  paths.add('POST', '/blocks/', (_request, response) => void response.json({}), { DELETE: 'blocks stay' })
  expect((await call.head('/blocks/')).status).toBe(200)
  const refused = await call.delete('/blocks/')
  expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, POST, HEAD, OPTIONS'])
  expect(refused.text).toContain('blocks stay')
  expect((await call.put('/blocks/')).text).not.toContain('blocks stay')
  expect((await call.options('/blocks/')).status).toBe(204)
})

test('answers are counted under the path as it was added, never under what a stranger typed', async () => {
  const { get, seen } = served('/nodes/{nid}/')
  await get('/nodes/5/')
  await get('/made/up/')
  expect(seen).toEqual(['/nodes/{nid}/ 200', 'other 404'])
})
