import { expect, test } from 'vitest'
import { Backlog } from '../../../src/dashboard/server/backlog.js'
import type { LogEntry } from '../../../src/log.js'

const entry = (more: Partial<LogEntry>): LogEntry => ({ time: 1, level: 'info', message: 'told', ...more })

test('a line of the server that carries a correlation id leads to its trace, like those of services', () => {
  const backlog = new Backlog()
  backlog.log(entry({ fields: { cid: 'abc' } }))
  backlog.log(entry({ fields: { cid: 'abc', tries: 2 } }))
  backlog.log(entry({ cid: 'abc', fields: { cid: 'other' } }))
  const [first, second, third] = backlog.lines()
  expect(first).toEqual({ seq: 1, at: 1, level: 'info', message: 'told', cid: 'abc' })
  expect(second).toMatchObject({ cid: 'abc', details: '{\n  "tries": 2\n}' })
  expect(third).toMatchObject({ cid: 'abc', details: '{\n  "cid": "other"\n}' })
})
