'use strict'
const { Contract } = require('fabric-contract-api')

/** A contract for Fabric, as any author writes it, and a few functions that get a node into trouble. */
class AssetContract extends Contract {
  async create(ctx, id, owner) {
    await ctx.stub.putState(id, Buffer.from(JSON.stringify({ id, owner })))
    ctx.stub.setEvent('created', Buffer.from(id))
    return { id, owner }
  }

  async read(ctx, id) {
    const value = await ctx.stub.getState(id)
    if (value.length === 0) throw new Error(`there is no ${id}`)
    return value.toString()
  }

  async add(ctx, key) {
    const sum = Number((await ctx.stub.getState(key)).toString() || '0') + 1
    await ctx.stub.putState(key, Buffer.from(String(sum)))
    return String(sum)
  }

  /** Writes, and answers much later. */
  async dawdle(ctx, key, milliseconds) {
    await ctx.stub.putState(key, Buffer.from('late'))
    await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)))
    return 'late'
  }

  /** Writes, and is gone. */
  async die(ctx, key) {
    await ctx.stub.putState(key, Buffer.from('half'))
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)
  }

  async secret(ctx, key) {
    const value = ctx.stub.getTransient().get('value')
    await ctx.stub.putPrivateData('_implicit_org_Org1MSP', key, value)
    return ''
  }

  async reveal(ctx, key) {
    return (await ctx.stub.getPrivateData('_implicit_org_Org1MSP', key)).toString()
  }
}

module.exports.contracts = [AssetContract]
