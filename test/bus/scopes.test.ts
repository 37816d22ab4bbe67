import { describe, expect, test } from '@jest/globals'
import { isVisible } from '../../src/bus/host/check-scope.js'
import { RawClient } from './support/raw-client.js'
import { aMethod, startBus } from './support/test-bus.js'

describe('scopes', () => {
  const methods = (['public', 'admin', 'private'] as const).map((scope) =>
    aMethod(`${scope}.method`, () => ({}), { scope }),
  )
  const access = { isLoopbackBind: true, adminToken: 'a-secret-of-tests', allowedHosts: [] }

  test('a stranger sees and calls what is public only', async () => {
    const { url } = await startBus({ methods, access })
    const client = await RawClient.negotiated(url)
    expect(await client.ask({ 'public.method': {} })).toMatchObject({ ResponseStatus: 0 })
    expect(await client.ask({ 'admin.method': {} })).toMatchObject({
      ResponseStatus: 1,
      ResponseErrorCode: 'UNAUTHORIZED',
    })
    expect(await client.ask({ 'private.method': {} })).toMatchObject({ ResponseStatus: 2 })
    expect(await client.ask({ ForwardMessage: { 'admin.method': {} } })).toMatchObject({ ResponseStatus: 2 })
    expect(await client.ask({ RegisterAPI: {} })).toMatchObject({
      ResponseErrorCode: 'UNAUTHORIZED',
    })
    const { ResponseData } = await client.ask({ ListAPI: {} })
    expect(Object.keys((ResponseData as { ListAPI: object }).ListAPI).sort()).toEqual([
      'ForwardMessage',
      'ListAPI',
      'public.method',
    ])
  })

  test('a stranger cannot register virtual methods', async () => {
    const { url } = await startBus({ methods, access })
    const client = await RawClient.negotiated(url)
    const fields = { CompoundMethodName: 'V', CompoundMethods: { 'public.method': {} } }
    client.send(client.message('RegisterCompoundMethod', fields))
    expect(await client.ask({ V: {} })).toMatchObject({ ResponseStatus: 2 })
  })

  test('whoever has the token sees and calls everything', async () => {
    const { url, manager } = await startBus({ methods, access })
    const headers = { authorization: `Bearer ${access.adminToken}` }
    const client = await RawClient.negotiated(url, { headers })
    for (const { info } of methods)
      expect(await client.ask({ [info.name]: {} })).toMatchObject({ ResponseStatus: 0 })
    expect(manager.offers().every(({ method }) => isVisible(method, { isTrusted: true }))).toBe(true)
  })

  test('the consolidated listing sorts methods by scope, under their domains', async () => {
    const { url } = await startBus({ methods })
    const client = await RawClient.negotiated(url)
    const { ResponseData } = await client.ask({ GetConsolidatedAPI: null })
    expect(ResponseData).toMatchObject({
      GetConsolidatedAPI: {
        Admin: { 'test.admin.method': { MethodScope: 'admin' } },
        Private: { 'test.private.method': {} },
        Public: { 'test.public.method': {} },
      },
    })
  })
})
