import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Claims } from '../src/runtime/claims.js'

test('jobs begin one after the other', () => {
  const claims = new Claims()
  const thread = new Claims(claims.shared)
  assert.equal(claims.hasBegun(1n), false)
  assert.equal(thread.begin(1n), true)
  assert.equal(thread.begin(2n), true)
  assert.equal(claims.hasBegun(2n), true)
  assert.equal(claims.hasBegun(3n), false)
})

test('jobs that were taken back do not begin, those given later do', () => {
  const claims = new Claims()
  const thread = new Claims(claims.shared)
  thread.begin(1n)
  assert.equal(claims.takeBack(4n), 1n)
  for (const job of [2n, 3n, 4n]) assert.equal(thread.begin(job), false)
  assert.equal(thread.begin(5n), true)
})

test('taking back twice, or when all have begun, takes nothing', () => {
  const claims = new Claims()
  assert.equal(claims.takeBack(0n), 0n)
  claims.begin(1n)
  assert.equal(claims.takeBack(1n), 1n)
  assert.equal(claims.takeBack(1n), 1n)
  assert.equal(claims.begin(2n), true)
})
