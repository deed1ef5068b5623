import { afterAll, expect, test } from 'vitest'
import { Service } from '../../src/index.js'
import { type Running, running } from './running.js'

const open: Running[] = []
afterAll(() => Promise.all(open.map((project) => project.close())))
const start = (...parameters: Parameters<typeof running>) => {
  const project = running(...parameters)
  open.push(project)
  return project
}

test('what handle returns is the payload', async () => {
  class Returns extends Service {
    handle() {
      return { a: 1 }
    }
  }
  const reply = await start({ Returns }).send('test.returns')
  expect(reply).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' }, text: '{"a":1}' })
})

test('what is assigned to response.payload is the payload', async () => {
  class Assigns extends Service {
    async handle() {
      await Promise.resolve()
      this.response.payload = ['x']
    }
  }
  expect((await start({ Assigns }).send('test.assigns')).text).toBe('["x"]')
})

test('a payload that is both assigned and returned is the assigned one, and a warning is logged', async () => {
  class Both extends Service {
    handle() {
      this.response.payload = null
      return 'returned'
    }
  }
  const project = start({ Both })
  expect((await project.send('test.both')).text).toBe('null')
  expect(project.logs).toMatchObject([
    { level: 'warn', service: 'test.both', message: expect.stringContaining('returned') as string },
  ])
})

test('returning what was assigned is no reason to warn', async () => {
  class Same extends Service {
    handle() {
      return (this.response.payload = { a: 1 })
    }
  }
  const project = start({ Same })
  expect((await project.send('test.same')).text).toBe('{"a":1}')
  expect(project.logs).toEqual([])
})

test('a service that sets nothing answers 200 with an empty body and no Content-Type', async () => {
  class Nothing extends Service {
    handle() {}
  }
  expect(await start({ Nothing }).dispatch('test.nothing')).toEqual({ statusCode: 200, headers: {}, body: undefined })
})

test('each request has an instance of its own, and its constructor and fields can use this.*', async () => {
  class Fields extends Service {
    readonly seen = [this.cid]
    readonly id = this.request.http.params.id
    constructor() {
      super()
      this.seen.push(this.request.http.method)
    }
    handle() {
      this.seen.push('handled')
      return { seen: this.seen, id: this.id }
    }
  }
  const project = start({ Fields })
  const replies = await Promise.all(
    ['a', 'b'].map((cid) => project.send('test.fields', { cid, params: { id: `${cid}1` } })),
  )
  expect(replies.map((reply) => reply.json)).toEqual([
    { seen: ['a', 'GET', 'handled'], id: 'a1' },
    { seen: ['b', 'GET', 'handled'], id: 'b1' },
  ])
})

test('an instance made with new says why it cannot be used', () => {
  class Lonely extends Service {
    handle() {
      return this.cid
    }
  }
  expect(() => new Lonely().handle()).toThrow('This "Lonely" was made with new, outside a request')
})

test('a service made inside another one’s constructor leaves that one its own context', async () => {
  class Inner extends Service {
    readonly own = this.cid
    handle() {}
  }
  class Outer extends Service {
    readonly inner = new Inner()
    readonly after = this.cid
    handle() {
      return [this.inner.own, this.after]
    }
  }
  expect((await start({ Outer }).send('test.outer', { cid: 'c1' })).json).toEqual(['c1', 'c1'])
})

test('a constructor that throws is 500, and the next request is served', async () => {
  let failing = true
  class Fragile extends Service {
    constructor() {
      super()
      if (failing) throw new Error('not today')
    }
    handle() {
      return 'fine'
    }
  }
  const project = start({ Fragile })
  expect((await project.send('test.fragile')).statusCode).toBe(500)
  failing = false
  expect((await project.send('test.fragile')).text).toBe('fine')
})

test('log lines carry the cid and the service', async () => {
  class Logs extends Service {
    handle() {
      this.logger.debug('one')
      this.logger.info('two', { order: 7 })
      this.logger.warn('three')
      this.logger.error('four')
    }
  }
  const project = start({ Logs })
  await project.send('test.logs', { cid: 'c9' })
  expect(project.logs).toMatchObject([
    { level: 'debug', message: 'one', cid: 'c9', service: 'test.logs' },
    { level: 'info', message: 'two', cid: 'c9', service: 'test.logs', fields: { order: 7 } },
    { level: 'warn', message: 'three', cid: 'c9', service: 'test.logs' },
    { level: 'error', message: 'four', cid: 'c9', service: 'test.logs' },
  ])
})

test('environ is the environment of the project', async () => {
  class Environment extends Service {
    handle() {
      return this.environ.SHOP
    }
  }
  const project = start({ Environment }, { environment: { SHOP: 'tea' } })
  expect((await project.send('test.environment')).text).toBe('tea')
})

test('signal is the caller’s', async () => {
  class Waits extends Service {
    async handle() {
      await new Promise((resolve) => {
        this.signal.addEventListener('abort', resolve)
      })
      return 'ended'
    }
  }
  const caller = new AbortController()
  const reply = start({ Waits }).send('test.waits', { signal: caller.signal })
  caller.abort()
  expect((await reply).text).toBe('ended')
})

test('using the response after the reply is harmless', async () => {
  let late = () => {}
  class Late extends Service {
    handle() {
      const payload = { a: 1 }
      late = () => {
        payload.a = 2
        this.response.payload = 'late'
        this.response.statusCode = 500
        this.response.headers.late = 'yes'
        this.response.headers = { later: 'yes' }
      }
      return payload
    }
  }
  const reply = await start({ Late }).send('test.late')
  late()
  expect(reply).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' }, text: '{"a":1}' })
})

class Verbs extends Service {
  handleGET() {
    return 'got'
  }
  async handlePOST() {
    await Promise.resolve()
    return 'posted'
  }
}

class VerbsAndHandle extends Verbs {
  handle() {
    return `handled ${this.request.http.method}`
  }
}

test.each([
  ['GET', 200, 'got'],
  ['HEAD', 200, 'got'],
  ['POST', 200, 'posted'],
])('%s is served by the handler of its own', async (method, statusCode, text) => {
  expect(await start({ Verbs }).send('test.verbs', { method })).toMatchObject({ statusCode, text })
})

test.each(['PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
  '%s is 405 with Allow where only other handlers are',
  async (method) => {
    const reply = await start({ Verbs }).send('test.verbs', { method, body: 'not JSON' })
    expect(reply).toMatchObject({
      statusCode: 405,
      headers: { allow: 'GET, POST, HEAD, OPTIONS' },
      problem: { title: 'Method Not Allowed' },
    })
  },
)

test('OPTIONS is 204 with Allow where only other handlers are', async () => {
  const reply = await start({ Verbs }).dispatch('test.verbs', { method: 'OPTIONS' })
  expect(reply).toEqual({ statusCode: 204, headers: { allow: 'GET, POST, HEAD, OPTIONS' } })
})

test.each([
  ['GET', 'got'],
  ['HEAD', 'got'],
  ['PUT', 'handled PUT'],
  ['OPTIONS', 'handled OPTIONS'],
])('beside verb handlers, handle serves the rest: %s', async (method, text) => {
  expect((await start({ VerbsAndHandle }).send('test.verbs-and-handle', { method })).text).toBe(text)
})

test('an unknown service is 500, and the log has the closest name', async () => {
  const project = start({ Verbs })
  expect(await project.send('test.verb')).toMatchObject({
    statusCode: 500,
    problem: { title: 'Internal Server Error' },
  })
  expect(project.logs).toMatchObject([
    {
      level: 'error',
      message: 'There is no service "test.verb"',
      fields: { code: 'ZS201', hint: 'did you mean "test.verbs"?' },
    },
  ])
})

test('without a channel the payload chooses between handlePOST and handleGET', async () => {
  const project = start({ Verbs })
  expect((await project.send('test.verbs', { channel: null })).text).toBe('got')
  expect((await project.send('test.verbs', { channel: null, body: '{}' })).text).toBe('posted')
})
