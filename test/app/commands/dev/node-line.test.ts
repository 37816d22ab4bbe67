import { expect, test } from '@jest/globals'
import { nodeLine } from '../../../../src/app/commands/contract/dev/node-line.js'

test.each([
  ['{"level":40,"time":"2030","seed":"http://x","msg":"the seed server is out of reach"}', undefined],
  ['{"level":40,"time":"2030","reason":"late","msg":"turned away"}', 'turned away reason="late"'],
  ['{"level":40,"time":"2030","msg":"turned away"}', 'turned away'],
  ['(node:1) Warning', '(node:1) Warning'],
  ['null', 'null'],
])('a line of the node’s log is shown in words: %s', (line, shown) => {
  expect(nodeLine(line)).toBe(shown)
})
