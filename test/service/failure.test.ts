import { runInNewContext } from 'node:vm'
import { afterAll, describe, expect, test } from 'vitest'
import {
  BadCall,
  BadRequest,
  Conflict,
  Forbidden,
  HttpError,
  InternalServerError,
  MethodNotAllowed,
  NotFound,
  Service,
  ServiceUnavailable,
  TooManyRequests,
  Unauthorized,
  ZatoError,
} from '../../src/index.js'
import { running } from './running.js'

let act: (service: Service) => unknown = () => undefined
class Fails extends Service {
  async handle() {
    await Promise.resolve()
    return act(this)
  }
}
const project = running({ Fails })
afterAll(() => project.close())

const failing = (what: (service: Service) => unknown, signal?: AbortSignal) => {
  act = what
  project.logs.length = 0
  return project.send('test.fails', signal ? { signal } : {})
}
const throwing = (thrown: unknown) =>
  failing(() => {
    throw thrown
  })
const generic = {
  title: 'Internal Server Error',
  detail: 'The service failed; its log says why, under this cid',
  errors: undefined,
}

const proxy = (target: object) =>
  new Proxy(target, {
    get: () => {
      throw new Error('in a trap')
    },
    has: () => {
      throw new Error('in a trap')
    },
    getPrototypeOf: () => {
      throw new Error('in a trap')
    },
  })

describe('an HttpError', () => {
  test.each<[HttpError, number, string]>([
    [new BadRequest('a'), 400, 'Bad Request'],
    [new Unauthorized('a'), 401, 'Unauthorized'],
    [new Forbidden('a'), 403, 'Forbidden'],
    [new NotFound('a'), 404, 'Not Found'],
    [new MethodNotAllowed('a'), 405, 'Method Not Allowed'],
    [new Conflict('a'), 409, 'Conflict'],
    [new TooManyRequests('a'), 429, 'Too Many Requests'],
    [new InternalServerError('a'), 500, 'Internal Server Error'],
    [new ServiceUnavailable('a'), 503, 'Service Unavailable'],
    [new HttpError(418, 'a'), 418, "I'm a Teapot"],
  ])('%o is its status, its message the detail', async (error, status, title) => {
    const { statusCode, problem, body } = await throwing(error)
    expect({ statusCode, problem, body }).toEqual({
      statusCode: status,
      problem: { title, detail: 'a', errors: undefined },
      body: undefined,
    })
    expect(error).toMatchObject({ name: error.constructor.name, code: 'ZHxxx', status, exitCode: status < 500 ? 4 : 5 })
  })

  test('without a message has no detail', async () => {
    expect((await throwing(new NotFound())).problem).toEqual({
      title: 'Not Found',
      detail: undefined,
      errors: undefined,
    })
  })

  test('brings headers and problems of the input', async () => {
    const errors = [{ path: '/sku', message: 'Unknown' }]
    const { headers, problem } = await throwing(
      new TooManyRequests('Slow down', { headers: { 'Retry-After': '30' }, errors }),
    )
    expect(headers).toEqual({ 'retry-after': '30' })
    expect(problem).toMatchObject({ detail: 'Slow down', errors })
  })

  test('keeps the headers that the service had set, but what describes its body', async () => {
    const { headers } = await failing((service) => {
      service.response.statusCode = 201
      service.response.contentType = 'text/csv'
      service.response.headers = { 'X-Request-Cost': '2', 'Content-Encoding': 'gzip', 'Retry-After': '1' }
      throw new ServiceUnavailable('Later', { headers: { 'retry-after': '30' } })
    })
    expect(headers).toEqual({ 'x-request-cost': '2', 'retry-after': '30' })
  })

  test('is not hidden by a header that cannot be sent', async () => {
    const { statusCode, headers } = await throwing(new NotFound('Gone', { headers: { 'a b': '1' } }))
    expect({ statusCode, headers }).toEqual({ statusCode: 404, headers: {} })
    expect(project.logs.find(({ level }) => level === 'error')?.fields).toMatchObject({ code: 'ZS303' })
  })

  test('below 500 is no news for the log; from 500 on it is, and its cause with it', async () => {
    await throwing(new NotFound('a', { cause: new Error('the row') }))
    expect(project.logs).toMatchObject([{ level: 'debug' }])
    await throwing(new ServiceUnavailable('a', { cause: new Error('the database') }))
    expect(project.logs).toMatchObject([
      {
        level: 'error',
        message: 'The service answered 503: a',
        fields: { cause: expect.stringContaining('the database') as string },
      },
    ])
  })

  test('made by another copy of zato-ts is recognised', async () => {
    const foreign = Object.assign(new Error('There is none'), {
      [Symbol.for('zato-ts.http-error')]: true,
      status: 404,
      headers: {},
      errors: [],
    })
    expect(await throwing(foreign)).toMatchObject({ statusCode: 404, problem: { detail: 'There is none' } })
  })

  test('made by another copy with members that throw or are none is an answer all the same', async () => {
    const brand = Symbol.for('zato-ts.http-error')
    const odd = [
      { [brand]: true, status: 404 },
      { [brand]: true, status: 404, message: 'x', errors: null, headers: null },
      { [brand]: true, status: 404, message: 'x', errors: [], headers: proxy({}) },
      Object.defineProperty({ [brand]: true, status: 404 }, 'message', {
        get: () => {
          throw new Error('in a getter')
        },
      }),
    ]
    for (const thrown of odd) expect([404, 500]).toContain((await throwing(thrown)).statusCode)
  })

  test('made by another copy with a status that is none is 500', async () => {
    expect((await throwing({ [Symbol.for('zato-ts.http-error')]: true, status: 99 })).statusCode).toBe(500)
  })

  test.each([0, 200, 399, 600, 404.5, Number.NaN, '404' as unknown as number])(
    'cannot have the status %j',
    (status) => {
      expect(() => new HttpError(status, 'x')).toThrow(RangeError)
    },
  )

  test('is a ZatoError and an Error', () => {
    expect(new NotFound('x')).toBeInstanceOf(ZatoError)
    expect(String(new NotFound('x'))).toBe('NotFound: x')
  })
})

class SubtleError extends Error {
  override get message(): string {
    throw new Error('in a getter')
  }
}

function revoked(): object {
  const { proxy: gone, revoke } = Proxy.revocable({}, {})
  revoke()
  return gone
}

const secret = 'hunter22'
test.each<[title: string, thrown: unknown]>([
  ['an Error', new Error(secret)],
  ['a subclass', new TypeError(secret)],
  ['a frozen error', Object.freeze(new Error(secret))],
  ['an error of another realm', runInNewContext(`new Error('${secret}')`)],
  ['an error without a stack', Object.assign(new Error(secret), { stack: undefined })],
  ['an AggregateError', new AggregateError([new Error('a')], secret)],
  ['an error with a status of its own', Object.assign(new Error(secret), { status: 404, statusCode: 404 })],
  [
    'an error that is its own cause',
    (() => {
      const error = new Error(secret)
      error.cause = error
      return error
    })(),
  ],
  ['an error whose message throws', new SubtleError()],
  ['a string', secret],
  ['an empty string', ''],
  ['a number', 42],
  ['a BigInt', 42n],
  ['a symbol', Symbol(secret)],
  ['null', null],
  ['undefined', undefined],
  ['a function', () => secret],
  ['an object', { message: secret, status: 404 }],
  ['a frozen object', Object.freeze({ secret })],
  ['an object without a prototype', Object.create(null)],
  [
    'an object with a getter that throws',
    {
      get status() {
        throw new Error('in a getter')
      },
    },
  ],
  ['a proxy that throws', proxy({})],
  ['a proxy of an error that throws', proxy(new Error(secret))],
  ['a proxy that is revoked', revoked()],
  ['a promise', Promise.resolve(secret)],
])('%s that a service throws is 500 without internals, and logged once', async (_, thrown) => {
  const { statusCode, headers, problem, body } = await throwing(thrown)
  expect({ statusCode, headers, problem, body }).toEqual({
    statusCode: 500,
    headers: {},
    problem: generic,
    body: undefined,
  })
  expect(project.logs).toMatchObject([
    {
      level: 'error',
      service: 'test.fails',
      message: expect.stringMatching(/^The service threw /) as string,
      fields: { code: 'ZS500', stack: expect.any(String) as string },
    },
  ])
})

test('the log has the message, the place and the causes of a bug', async () => {
  await throwing(new Error('Orders are gone', { cause: new Error('the disk is full') }))
  const [entry] = project.logs
  expect(entry?.message).toBe('The service threw Error: Orders are gone')
  expect(entry?.fields?.stack).toMatch(/failure\.test\.ts:\d+[^]*the disk is full/)
})

test('headers that the service had set do not go with an error that it did not choose', async () => {
  const { headers } = await failing((service) => {
    service.response.headers['Cache-Control'] = 'public, max-age=3600'
    throw new Error('x')
  })
  expect(headers).toEqual({})
})

test('an error after the caller has gone is logged at debug', async () => {
  const caller = new AbortController()
  await failing(() => {
    caller.abort()
    throw new Error('aborted work')
  }, caller.signal)
  expect(project.logs).toMatchObject([
    { level: 'debug', message: 'The caller has gone. The service threw Error: aborted work' },
  ])
})

test('a mistake in a call is 500 without internals: it is the service’s own bug', async () => {
  expect(BadCall.prototype).toBeInstanceOf(ZatoError)
  const { statusCode, problem } = await throwing(
    new ZatoError('ZN401', 'The path needs "customer_id"', { hint: 'pass it in params' }),
  )
  expect({ statusCode, problem }).toEqual({ statusCode: 500, problem: generic })
  expect(project.logs).toMatchObject([
    {
      level: 'error',
      message: 'The path needs "customer_id"',
      fields: { code: 'ZN401', hint: 'pass it in params', stack: expect.stringContaining('failure.test.ts') as string },
    },
  ])
})

describe('what the log shows of a thrown value holds no part of a secret', () => {
  const password = `corp\\svc"Pa55\nsecond-line'of-it`
  class Leaks extends Service {
    handle() {
      return act(this)
    }
  }
  const hiding = running({ Leaks }, { secrets: [password] })
  afterAll(() => hiding.close())

  test.each<[title: string, thrown: unknown]>([
    ['in its message, where that is cut', new Error('x'.repeat(990) + password)],
    ['in its message, after a line break', new Error(`a\nb ${password}`)],
    ['among its members', Object.assign(new Error('x'), { config: { auth: { password } } })],
    ['in a long text, where that is cut', { text: 'x'.repeat(9_990) + password }],
    ['in a text that is longer than any log', 'y'.repeat(49_990) + password],
    ['in its cause', new Error('x', { cause: { header: `Basic ${Buffer.from(`a:${password}`).toString('base64')}` } })],
  ])('%s', async (_, thrown) => {
    hiding.logs.length = 0
    act = () => {
      throw thrown
    }
    await hiding.send('test.leaks')
    const [entry] = hiding.logs
    const shown = `${entry?.message} ${String(entry?.fields?.stack)}`
    expect(shown).toContain('[redacted')
    expect(shown).not.toMatch(/corp|Pa55|second-|of-it/)
    expect(shown.length).toBeLessThan(52_000)
  })
})
