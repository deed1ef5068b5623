import { describe, expect, test } from 'vitest'
import { type Addressed, addressedCommand } from '../../src/commands/words.js'

function brief(addressed: Addressed): unknown {
  return addressed.kind === 'command' ? [addressed.entry.words, ...addressed.rest] : addressed
}

describe('the command is found wherever flags stand', () => {
  const table: [string[], unknown][] = [
    [[], { kind: 'overview' }],
    [['--json'], { kind: 'overview' }],
    [['conn'], { kind: 'group', name: 'conn' }],
    [['conn', '--help'], { kind: 'group', name: 'conn' }],
    [['conn', 'list'], ['conn list']],
    [
      ['conn', '--json', 'list'],
      ['conn list', '--json'],
    ],
    [
      ['-C', 'shop', 'conn', 'list', '--json'],
      ['conn list', '-C', 'shop', '--json'],
    ],
    [
      ['-C', 'serve', 'conn', '-c', 'show', 'list'],
      ['conn list', '-C', 'serve', '-c', 'show'],
    ],
    [
      ['-X', 'POST', 'call', 'Orders API'],
      ['call', '-X', 'POST', 'Orders API'],
    ],
    [['dev'], ['serve']],
    [
      ['help', 'conn', 'add'],
      ['conn add', '--help'],
    ],
    [['help'], { kind: 'overview' }],
    [
      ['call', '--', 'conn'],
      ['call', '--', 'conn'],
    ],
    [
      ['conn', 'show', 'list'],
      ['conn show', 'list'],
    ],
  ]
  for (const [argv, addressed] of table) {
    test(argv.join(' ') || 'nothing', () => {
      expect(brief(addressedCommand(argv))).toEqual(addressed)
    })
  }
})

test('an unknown command is named with the closest one', () => {
  expect(() => addressedCommand(['cal', 'Orders API'])).toThrow(
    expect.objectContaining({ code: 'ZU001', message: 'Unknown command "cal"', hint: 'did you mean "call"?' }),
  )
  expect(() => addressedCommand(['conn', 'lst'])).toThrow(
    expect.objectContaining({ message: 'Unknown command "conn lst"', hint: 'did you mean "conn list"?' }),
  )
  expect(() => addressedCommand(['physician'])).toThrow(expect.objectContaining({ code: 'ZU001' }))
})
