import { describe, expect, it, jest } from '@jest/globals'
import { newApiKey } from '../../../src/contract/remote/api-key.js'
import { codeOf, opened } from './open-registry.js'
import { SETTINGS } from './sample-contract.js'

describe('a contract', () => {
  it('is registered with the defaults, its type and a key, and is there after a restart', async () => {
    const { registry, store, told } = await opened()
    const { contract, key } = await registry.create('orders', {})
    expect(contract).toMatchObject({ ...SETTINGS, txnType: 'orders', state: 'active', envVersion: 2 })
    expect(registry.check(key.text)).toEqual({ outcome: 'valid', keyId: key.id, contractId: contract.id })
    expect(told).toEqual([['changed', 'active']])
    const again = (await opened(store)).registry
    expect(again.ofType('orders')).toEqual(contract)
    expect([...again.all()]).toEqual([contract])
    expect(again.recordType('orders')).toEqual({ txnType: 'orders', customFields: [], createdMs: 1000 })
    expect(again.check(key.text)).toMatchObject({ outcome: 'valid' })
  })

  it('shares its type with no other, even where both come at once', async () => {
    const { registry } = await opened()
    const codes = await Promise.all([1, 2].map(() => codeOf(registry.create('orders', {}))))
    expect(codes).toEqual(['no error', 'RECORD_TYPE_TAKEN'])
  })

  it('takes a type that is registered and that no contract has', async () => {
    const { registry } = await opened()
    await registry.registerType('orders', [])
    expect(await codeOf(registry.create('orders', {}))).toBe('no error')
  })

  it('is not there when it could not be written, and its type is free still', async () => {
    const { registry, store, told } = await opened()
    store.failure = new Error('disk full')
    await expect(registry.create('orders', {})).rejects.toThrow('disk full')
    expect([registry.ofType('orders'), registry.recordType('orders'), told]).toEqual([
      undefined,
      undefined,
      [],
    ])
    store.failure = undefined
    expect(await codeOf(registry.create('orders', {}))).toBe('no error')
  })

  it('is invoked by the records that come after it was registered, but for those that come while it is paused', async () => {
    const { registry, world } = await opened()
    world.count = 5
    const { id } = (await registry.create('orders', {})).contract
    world.count = 8
    await registry.pause(id)
    world.count = 11
    expect((await registry.resume(id)).spans).toEqual([
      { after: 5, upTo: 8 },
      { after: 11, upTo: null },
    ])
  })

  it('has one span where no record came while it was paused', async () => {
    const { registry } = await opened()
    const { id } = (await registry.create('orders', {})).contract
    await registry.pause(id)
    expect((await registry.resume(id)).spans).toEqual([{ after: 0, upTo: null }])
  })

  it('tells nobody of a change that changes nothing', async () => {
    const { registry, told } = await opened()
    const { id } = (await registry.create('orders', {})).contract
    await registry.resume(id)
    await registry.pause(id)
    await registry.pause(id)
    expect(told).toEqual([
      ['changed', 'active'],
      ['changed', 'inactive'],
    ])
  })

  it('goes with its keys, and its type can be had again', async () => {
    const { registry, store, told } = await opened()
    const { contract, key } = await registry.create('orders', { secrets: { token: 'hush' } })
    await registry.delete(contract.id)
    expect(registry.check(key.text)).toEqual({ outcome: 'invalid' })
    expect(told.slice(1)).toEqual([
      ['revoked', key.id],
      ['deleted', contract.id],
    ])
    expect([[...store.contracts()], [...store.keys()]]).toEqual([[], []])
    expect(await codeOf(registry.delete(contract.id))).toBe('REMOTE_CONTRACT_NOT_FOUND')
    expect(await codeOf(registry.create('orders', {}))).toBe('no error')
  })

  it.each([
    [{ maxRuntimeMs: 1000 }, '/max_runtime_ms'],
    [{ schedule: { cron: '* * * * * *' } }, '/schedule/cron'],
    [{ schedule: { cron: '99 * * * *' } }, '/schedule/cron'],
    [{ schedule: { cron: '0 0 31 2 *' } }, '/schedule/cron'],
  ])('is refused with %j', async (settings, path) => {
    const { registry } = await opened()
    await expect(registry.create('orders', { settings })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      details: { path },
    })
  })

  it('takes cron of five fields', async () => {
    const { registry } = await opened()
    const { contract } = await registry.create('orders', { settings: { schedule: { cron: '*/5 * * * *' } } })
    expect(contract.schedule).toEqual({ cron: '*/5 * * * *' })
  })
})

describe('the environment', () => {
  it('has the documented names, people’s own after SC_ENV_ and secrets after SC_SECRET_', async () => {
    const { registry } = await opened()
    const { contract } = await registry.create('orders', {
      env: { 'greeting.text': 'hi', TZ: 'mine' },
      secrets: { 'my-secret': 'hush' },
    })
    expect(registry.environmentOf(contract.id)).toEqual({
      version: 2,
      env: {
        SC_ENV_GREETING_TEXT: 'hi',
        SC_ENV_TZ: 'mine',
        TZ: 'UTC',
        ENVIRONMENT: 'dev',
        INTERNAL_ID: `0x${'1'.repeat(40)}`,
        DRAGONCHAIN_ID: 'c'.repeat(64),
        DRAGONCHAIN_ENDPOINT: 'http://127.0.0.1:55000',
        SMART_CONTRACT_ID: contract.id,
        SMART_CONTRACT_NAME: 'orders',
      },
      secrets: { SC_SECRET_MY_SECRET: 'hush' },
    })
  })

  it('changes name by name, and its version grows with every change of it alone', async () => {
    const { registry, told } = await opened()
    const { id, envVersion } = (
      await registry.create('orders', { env: { aa: '1', bb: '2' }, secrets: { one: 'x', two: 'y' } })
    ).contract
    await registry.update(id, { env: { aa: null, cc: '3' }, secrets: { one: null, two: 'z' } })
    const { env, secrets, version } = registry.environmentOf(id)
    expect([version, env['SC_ENV_AA'], env['SC_ENV_BB'], env['SC_ENV_CC'], secrets]).toEqual([
      envVersion + 1,
      undefined,
      '2',
      '3',
      { SC_SECRET_TWO: 'z' },
    ])
    expect(registry.givenTo(id)).toEqual({ env: { bb: '2', cc: '3' }, secretNames: ['two'] })
    const { envVersion: unchanged } = await registry.update(id, { settings: { executionOrder: 'serial' } })
    expect(unchanged).toBe(version)
    expect(told.filter((each) => (each as unknown[])[0] === 'environment')).toEqual([['environment', id]])
  })

  it.each([
    [{ env: { '1st': 'x' } }, '/env/1st'],
    [{ env: { a: 'x' } }, '/env/a'],
    [{ env: { SC_ENV_ME: 'x' } }, '/env/SC_ENV_ME'],
    [{ env: { 'a-b': 'x', 'a.b': 'y' } }, '/env/a.b'],
    [{ env: { aa: 'x'.repeat(300_000) } }, '/env'],
    [{ secrets: { Upper: 'x' } }, '/secrets/Upper'],
    [{ secrets: { 'secret-key': 'x' } }, '/secrets/secret-key'],
    [{ secrets: { 'auth-key-id': 'x' } }, '/secrets/auth-key-id'],
    [{ secrets: { 'longer-than-seventeen': 'x' } }, '/secrets/longer-than-seventeen'],
    [{ env: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`name${i}`, ''])) }, '/env'],
  ])('refuses %j', async (change, path) => {
    const { registry } = await opened()
    await expect(registry.create('orders', change)).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      details: { path },
    })
  })

  it('never has a secret or a key in what is kept', async () => {
    const { registry, store } = await opened()
    const { key } = await registry.create('orders', { secrets: { token: 'very-hush-hush' } })
    expect(store.text()).not.toContain('very-hush-hush')
    expect(store.text()).not.toContain(Buffer.from('very-hush-hush').toString('base64').slice(0, 16))
    expect(store.text()).not.toContain(key.text.split('.')[1])
    expect(store.text()).toContain(key.id)
  })

  it('says which contract it cannot open with another key of the node', async () => {
    const { registry, store } = await opened()
    await registry.create('orders', { secrets: { token: 'hush' } })
    await expect(opened(store, 2)).rejects.toThrow(/contract orders .* put its node_key\.json back/)
  })
})

describe('an API key', () => {
  it('is SC_ with twelve capital letters, a point and 43 letters and digits', () => {
    expect(newApiKey().text).toMatch(/^SC_[A-Z]{12}\.[A-Za-z0-9]{43}$/)
    expect(newApiKey().text).not.toBe(newApiKey().text)
  })

  it('is not valid when unknown, malformed, of another secret, or of any other form', async () => {
    const { registry } = await opened()
    const { key } = await registry.create('orders', {})
    const other = newApiKey()
    const forged = `${key.id}.${other.text.split('.')[1] ?? ''}`
    for (const text of [
      other.text,
      forged,
      '',
      key.id,
      `${key.text} `,
      `${key.text}A`,
      key.text.toLowerCase(),
    ])
      expect([text, registry.check(text)]).toEqual([text, { outcome: 'invalid' }])
  })

  it('is not alone: both work until one is revoked, and that is told', async () => {
    const { registry, store, told } = await opened()
    const { contract, key: first } = await registry.create('orders', {})
    const { key: second } = await registry.createKey(contract.id, null)
    expect([first, second].map(({ text }) => registry.check(text).outcome)).toEqual(['valid', 'valid'])
    await registry.revokeKey(contract.id, first.id)
    expect([first, second].map(({ text }) => registry.check(text).outcome)).toEqual(['invalid', 'valid'])
    expect(told.at(-1)).toEqual(['revoked', first.id])
    expect((await opened(store)).registry.check(first.text).outcome).toBe('invalid')
    expect(await codeOf(registry.revokeKey(contract.id, first.id))).toBe('API_KEY_NOT_FOUND')
  })

  it('works again when its end could not be written', async () => {
    const { registry, store } = await opened()
    const { contract, key } = await registry.create('orders', {})
    registry.check(key.text)
    store.failure = new Error('disk full')
    await expect(registry.revokeKey(contract.id, key.id)).rejects.toThrow('disk full')
    expect(registry.check(key.text).outcome).toBe('valid')
  })

  it('ends when it expires, and that is told then', async () => {
    const { registry, told, pass } = await opened()
    const { contract } = await registry.create('orders', {})
    const { key } = await registry.createKey(contract.id, 3000)
    pass(1999)
    expect(registry.check(key.text).outcome).toBe('valid')
    pass(1)
    expect([registry.check(key.text).outcome, told.at(-1)]).toEqual(['invalid', ['revoked', key.id]])
    expect(await codeOf(registry.createKey(contract.id, 2000))).toBe('INVALID_PARAMS')
  })

  it('tells of one that expires in months', async () => {
    const { registry, told, pass } = await opened()
    const { contract } = await registry.create('orders', {})
    const { key } = await registry.createKey(contract.id, 1000 + 90 * 86_400_000)
    for (let day = 0; day < 90; day++) pass(86_400_000)
    expect(told.at(-1)).toEqual(['revoked', key.id])
  })

  it('has a limit to its number', async () => {
    const { registry } = await opened()
    const { contract } = await registry.create('orders', {})
    for (let i = 0; i < 15; i++) await registry.createKey(contract.id, null)
    expect(await codeOf(registry.createKey(contract.id, null))).toBe('REMOTE_LIMIT')
  })

  it('tells when it was last used, and writes that at most once a minute', async () => {
    const { registry, store, pass } = await opened()
    const { contract, key } = await registry.create('orders', {})
    const writes = jest.spyOn(store, 'write')
    for (let i = 0; i < 100; i++) registry.check(key.text)
    pass(5000)
    registry.check(key.text)
    expect(writes).toHaveBeenCalledTimes(1)
    expect(registry.keysOf(contract.id)).toMatchObject([{ id: key.id, lastUsedMs: 6000 }])
    await registry.close()
    expect((await opened(store)).registry.keysOf(contract.id)).toMatchObject([{ lastUsedMs: 6000 }])
  })

  it('is not brought back by a use that is noted while it is revoked', async () => {
    const { registry, store } = await opened()
    const { contract, key } = await registry.create('orders', {})
    const revoking = registry.revokeKey(contract.id, key.id)
    registry.check(key.text)
    await Promise.resolve()
    registry.check(key.text)
    await revoking
    await registry.close()
    expect([...store.keys()]).toEqual([])
  })
})

describe('a type of records', () => {
  const field = { name: 'sku', path: '$.lines[0].sku', type: 'text' } as const

  it('is registered once, and goes where no contract has it', async () => {
    const { registry, store } = await opened()
    await registry.registerType('parcels', [field])
    expect(await codeOf(registry.registerType('parcels', []))).toBe('RECORD_TYPE_TAKEN')
    expect([...(await opened(store)).registry.recordTypes(undefined)]).toEqual([
      { txnType: 'parcels', customFields: [field], createdMs: 1000 },
    ])
    await registry.deleteType('parcels')
    expect(registry.recordType('parcels')).toBeUndefined()
    expect(await codeOf(registry.deleteType('parcels'))).toBe('RECORD_TYPE_NOT_FOUND')
  })

  it('stays while a contract has it', async () => {
    const { registry } = await opened()
    const { contract } = await registry.create('orders', {})
    expect(await codeOf(registry.deleteType('orders'))).toBe('RECORD_TYPE_IN_USE')
    await registry.delete(contract.id)
    expect(await codeOf(registry.deleteType('orders'))).toBe('no error')
  })

  it('is listed by name', async () => {
    const { registry } = await opened()
    for (const name of ['b', 'a', 'c']) await registry.registerType(name, [])
    expect([...registry.recordTypes('a')].map(({ txnType }) => txnType)).toEqual(['b', 'c'])
  })

  it('is refused with fields that records cannot be found by', async () => {
    const { registry } = await opened()
    const registering = registry.registerType('parcels', [{ ...field, path: 'sku' }])
    await expect(registering).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: 'custom_fields: a path is such as $.sku',
    })
    expect(registry.recordType('parcels')).toBeUndefined()
  })
})
