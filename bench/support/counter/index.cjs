'use strict'
// One read and one write: the smallest call that changes something.
const { Contract } = require(process.env.CONTRACT_API || 'fabric-contract-api')

class Counter extends Contract {
  async add(ctx, key) {
    const before = await ctx.stub.getState(key)
    const count = Number(Buffer.from(before).toString()) + 1
    await ctx.stub.putState(key, Buffer.from(String(count)))
    return String(count)
  }
}

module.exports.contracts = [Counter]
