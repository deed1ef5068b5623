import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type } from 'arktype'
import * as v from 'valibot'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Service } from '../../src/index.js'
import { type Running, running } from './running.js'

const open: Running[] = []
afterAll(() => Promise.all(open.map((project) => project.close())))
const start = (exports: Record<string, unknown>) => {
  const project = running(exports)
  open.push(project)
  return project
}

const zodOrder = z.object({ id: z.coerce.number(), lines: z.array(z.object({ sku: z.string() })).default([]) })
const valibotOrder = v.object({
  id: v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.number()),
  lines: v.optional(v.array(v.object({ sku: v.string() })), []),
})
const arktypeOrder = type({
  id: 'string.numeric.parse | number',
  lines: type({ sku: 'string' })
    .array()
    .default(() => []),
})

class Zod extends Service.with({ input: zodOrder }) {
  handle() {
    return this.request.input
  }
}
class Valibot extends Service.with({ input: valibotOrder }) {
  handle() {
    return this.request.input
  }
}
class Arktype extends Service.with({ input: arktypeOrder }) {
  handle() {
    return this.request.input
  }
}
class Plain extends Service {
  static input = zodOrder
  handle() {
    return this.request.input
  }
}

describe.each(Object.entries({ Zod, Valibot, Arktype, Plain }))('an input schema of %s', (name, Class) => {
  const project = start({ [name]: Class })
  const service = `test.${name.toLowerCase()}`

  test('replaces the input with what it makes of it, parameters included', async () => {
    const { json } = await project.send(service, { params: { id: '7' }, body: '{"id":1,"lines":[{"sku":"tea"}]}' })
    expect(json).toEqual({ id: 7, lines: [{ sku: 'tea' }] })
    expect((await project.send(service, { query: { id: '7' } })).json).toEqual({ id: 7, lines: [] })
  })

  test('makes 400 of what does not match, one entry a problem with its path', async () => {
    const body = JSON.stringify({ id: 'x', lines: [{ sku: 'a' }, { sku: 1 }] })
    const { statusCode, problem } = await project.send(service, { method: 'POST', body })
    expect(statusCode).toBe(400)
    expect(problem).toMatchObject({ title: 'Bad Request', detail: 'The input does not match what the service takes' })
    expect(problem?.errors?.map(({ path }) => path)).toEqual(['/id', '/lines/1/sku'])
    for (const { message } of problem?.errors ?? []) expect(message).not.toBe('')
  })

  test.each(['[]', '"x"', 'null', '7'])('makes 400 of %s', async (body) => {
    expect((await project.send(service, { method: 'POST', body })).statusCode).toBe(400)
  })
})

test('an input schema sees an empty object where nothing was sent', async () => {
  class Optional extends Service.with({ input: z.object({ status: z.string().optional() }) }) {
    handle() {
      return { status: this.request.input.status ?? 'any' }
    }
  }
  expect((await start({ Optional }).send('test.optional')).json).toEqual({ status: 'any' })
})

test('the validated input is there when the instance is made, and the payload stays what was sent', async () => {
  class Early extends Service.with({ input: z.object({ n: z.coerce.number() }) }) {
    readonly twice = this.request.input.n * 2
    handle() {
      return [this.twice, this.request.payload]
    }
  }
  expect((await start({ Early }).send('test.early', { body: '{"n":"4"}' })).json).toEqual([8, { n: '4' }])
})

test('schemas may be asynchronous, both of them', async () => {
  const even = z.number().refine(async (n) => Promise.resolve(n % 2 === 0), 'Odd')
  class Async extends Service.with({ input: z.object({ n: even }), output: z.object({ half: even }) }) {
    handle() {
      return { half: this.request.input.n / 2 }
    }
  }
  const project = start({ Async })
  expect((await project.send('test.async', { body: '{"n":4}' })).json).toEqual({ half: 2 })
  expect(await project.send('test.async', { body: '{"n":3}' })).toMatchObject({
    statusCode: 400,
    problem: { errors: [{ path: '/n', message: 'Odd' }] },
  })
  expect((await project.send('test.async', { body: '{"n":2}' })).statusCode).toBe(500)
})

describe('an output schema', () => {
  class Receipts extends Service.with({
    output: z.object({ id: z.string().default('none'), lines: z.array(z.number()) }),
  }) {
    handle() {
      return this.request.payload as { id: string; lines: number[] }
    }
  }
  const project = start({ Receipts })

  test('makes the payload what it makes of it', async () => {
    expect((await project.send('test.receipts', { body: '{"lines":[1],"secret":"x"}' })).json).toEqual({
      id: 'none',
      lines: [1],
    })
  })

  test('makes 500 of what does not match: the log says where, the caller learns nothing', async () => {
    const { statusCode, problem } = await project.send('test.receipts', { body: '{"lines":[1,"canary"]}' })
    expect(statusCode).toBe(500)
    expect(problem).toEqual({
      title: 'Internal Server Error',
      detail: 'The service failed; its log says why, under this cid',
      errors: undefined,
    })
    expect(project.logs).toMatchObject([
      {
        level: 'error',
        message: expect.stringMatching(
          /^The payload does not match the output schema of "test.receipts": \/lines\/1: /,
        ) as string,
        fields: { code: 'ZS302' },
      },
    ])
  })

  test('is asked about a payload that was never assigned', async () => {
    expect((await project.send('test.receipts')).statusCode).toBe(500)
  })
})

test('plain static schemas check the payload too', async () => {
  class PlainOutput extends Service {
    static output = z.string()
    handle() {
      this.response.payload = 7
    }
  }
  expect((await start({ PlainOutput }).send('test.plain-output')).statusCode).toBe(500)
})

test('schemas are inherited', async () => {
  class Base extends Service.with({ input: zodOrder }) {}
  class Inherits extends Base {
    handle() {
      return this.request.input.id
    }
  }
  const project = start({ Base, Inherits })
  expect((await project.send('test.inherits', { query: { id: '5' } })).text).toBe('5')
  expect((await project.send('test.inherits', { query: { id: 'x' } })).statusCode).toBe(400)
})

const failing = (issues: readonly StandardSchemaV1.Issue[]): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) },
})

test('paths are JSON pointers, whichever way a schema writes them', async () => {
  class Paths extends Service {
    static input = failing([
      { message: 'a' },
      { message: 'b', path: [] },
      { message: 'c', path: ['a/b', { key: 'c~d' }, 0, Symbol('s')] },
    ])
    handle() {}
  }
  expect((await start({ Paths }).send('test.paths')).problem?.errors).toEqual([
    { path: '', message: 'a' },
    { path: '', message: 'b' },
    { path: '/a~1b/c~0d/0/Symbol(s)', message: 'c' },
  ])
})

test('of very many problems the first hundred are told', async () => {
  class Many extends Service {
    static input = failing(Array.from({ length: 1000 }, (_, n) => ({ message: 'x', path: [n] })))
    handle() {}
  }
  const { problem } = await start({ Many }).send('test.many')
  expect(problem?.errors).toHaveLength(101)
  expect(problem?.errors?.at(-1)).toEqual({ path: '', message: '900 more problems' })
})

test('a schema that throws is a bug of the service: 500', async () => {
  class Throws extends Service {
    static input: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => {
          throw new Error('broken schema')
        },
      },
    }
    handle() {}
  }
  const project = start({ Throws })
  expect((await project.send('test.throws')).statusCode).toBe(500)
  expect(project.logs).toMatchObject([{ message: 'The service threw Error: broken schema' }])
})
