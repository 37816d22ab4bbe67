import type { Context } from '../../../src/contract/api/context.js'
import { Contract } from '../../../src/contract/api/contract.js'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

/** Uses all that a stub has. */
export class AssetContract extends Contract {
  constructor() {
    super('AssetContract')
  }

  async create(ctx: Context, id: string, colour: string) {
    if (text(await ctx.stub.getState(id)) !== '') throw new Error(`asset ${id} exists`)
    await this.#put(ctx, id, { colour, owner: ctx.clientIdentity.getMSPID() })
    ctx.stub.setEvent('created', Buffer.from(id))
    return { id, colour }
  }

  async paint(ctx: Context, id: string, colour: string) {
    const asset = JSON.parse(text(await ctx.stub.getState(id))) as object
    await this.#put(ctx, id, { ...asset, colour })
  }

  async remove(ctx: Context, id: string) {
    await ctx.stub.deleteState(id)
  }

  async ownWrite(ctx: Context, id: string) {
    await ctx.stub.putState(id, Buffer.from('new'))
    return text(await ctx.stub.getState(id))
  }

  async writeAndFail(ctx: Context, id: string) {
    await ctx.stub.putState(id, Buffer.from('never'))
    ctx.stub.setEvent('never', Buffer.from(''))
    throw new Error('no')
  }

  async all(ctx: Context) {
    const found: string[] = []
    for await (const { key, value } of ctx.stub.getStateByRange('', '')) found.push(`${key}=${text(value)}`)
    return found
  }

  async page(ctx: Context, pageSize: string, bookmark: string) {
    const page = await ctx.stub.getStateByRangeWithPagination('', '', Number(pageSize), bookmark)
    const keys: string[] = []
    for (let step = await page.iterator.next(); !step.done; step = await page.iterator.next())
      keys.push(step.value.key)
    return { keys, ...page.metadata }
  }

  async paged(ctx: Context) {
    await ctx.stub.putState('x', Buffer.from('1'))
    await ctx.stub.getStateByRangeWithPagination('', '', 1)
  }

  async find(ctx: Context, query: string) {
    const keys: string[] = []
    for await (const { key } of ctx.stub.getQueryResult(query)) keys.push(key)
    return keys
  }

  async link(ctx: Context, ...parts: string[]) {
    await ctx.stub.putState(ctx.stub.createCompositeKey('link', parts), Buffer.from('1'))
  }

  async linked(ctx: Context, first: string) {
    const found: string[][] = []
    for await (const { key } of ctx.stub.getStateByPartialCompositeKey('link', [first]))
      found.push(ctx.stub.splitCompositeKey(key).attributes)
    return found
  }

  async history(ctx: Context, id: string) {
    const found: unknown[] = []
    for await (const { value, isDelete, timestamp } of ctx.stub.getHistoryForKey(id))
      found.push([text(value), isDelete, timestamp.seconds])
    return found
  }

  async hide(ctx: Context, collection: string, id: string) {
    const secret = ctx.stub.getTransient().get('secret')
    if (!secret) throw new Error('nothing to hide')
    await ctx.stub.putPrivateData(collection, id, secret)
  }

  async reveal(ctx: Context, collection: string, id: string) {
    return text(await ctx.stub.getPrivateData(collection, id))
  }

  async hash(ctx: Context, collection: string, id: string) {
    return Buffer.from(await ctx.stub.getPrivateDataHash(collection, id)).toString('hex')
  }

  /** `policy` in hex. */
  async guard(ctx: Context, id: string, policy: string) {
    await ctx.stub.setStateValidationParameter(id, Buffer.from(policy, 'hex'))
  }

  async policy(ctx: Context, id: string) {
    return Buffer.from(await ctx.stub.getStateValidationParameter(id)).toString('hex')
  }

  who(ctx: Context) {
    const { stub, clientIdentity: caller } = ctx
    const { fcn, params } = stub.getFunctionAndParameters()
    return {
      id: caller.getID(),
      mspId: caller.getMSPID(),
      peer: stub.getMspID(),
      role: caller.getAttributeValue('role'),
      time: stub.getDateTimestamp().toISOString(),
      seconds: stub.getTxTimestamp().seconds.toString(),
      channel: stub.getChannelID(),
      callId: stub.getTxID(),
      binding: stub.getBinding(),
      call: [fcn, ...params],
    }
  }

  async ask(ctx: Context, contract: string, name: string) {
    const { status, message, payload } = await ctx.stub.invokeChaincode(contract, [name])
    return { status, message, payload: payload && text(payload) }
  }

  async #put(ctx: Context, id: string, asset: object) {
    await ctx.stub.putState(id, Buffer.from(JSON.stringify(asset)))
  }
}

/** Called by others. */
export class Counter extends Contract {
  constructor() {
    super('Counter')
  }

  async add(ctx: Context) {
    const next = String(Number(text(await ctx.stub.getState('count'))) + 1)
    await ctx.stub.putState('count', Buffer.from(next))
    ctx.stub.setEvent('counted', Buffer.from(next))
    return next
  }

  async addAndFail(ctx: Context) {
    await this.add(ctx)
    throw new Error('counted in vain')
  }

  async back(ctx: Context) {
    const { status } = await ctx.stub.invokeChaincode('contract', ['all'])
    return String(status)
  }
}
