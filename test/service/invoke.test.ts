import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { HttpStatus, NotFound, Service } from '../../src/index.js'
import { running } from './running.js'

class Target extends Service {
  static override readonly name = 'target'
  handle() {
    this.response.statusCode = HttpStatus.CREATED
    this.response.headers['X-Inner'] = '1'
    const { input, payload, http, channel } = this.request
    return { cid: this.cid, input, payload, method: http.method, channel: channel?.name }
  }
}

class Missing extends Service {
  handle() {
    throw new NotFound('There is no order "7"')
  }
}

class Typed extends Service.with({
  input: z.object({ n: z.coerce.number() }),
  output: z.object({ twice: z.number() }),
}) {
  handle() {
    const { n } = this.request.input
    return { twice: n === 13 ? ('bad luck' as unknown as number) : n * 2, extra: true }
  }
}

class Self extends Service {
  handle(): Promise<unknown> {
    return this.invoke(Self)
  }
}

class Ping extends Service {
  static depth = 0
  handle(): Promise<unknown> {
    Ping.depth++
    return this.invoke('test.pong')
  }
}

class Pong extends Service {
  handle(): Promise<unknown> {
    return this.invoke(Ping)
  }
}

class Verbs extends Service {
  handleGET() {
    return 'got'
  }
  handlePOST() {
    return 'posted'
  }
}

class OnlyPut extends Service {
  handlePUT() {
    return 'put'
  }
}

class Odd extends Service {
  handlePUT() {}
  handleDELETE() {}
}

class NotExported extends Service {
  handle() {}
}

let act: (service: Service) => Promise<unknown> = () => Promise.resolve()
class Acts extends Service {
  handle() {
    return act(this)
  }
}

const project = running({ Target, Missing, Typed, Self, Ping, Pong, Verbs, OnlyPut, Odd, Acts })
afterAll(() => project.close())

const acting = (what: (service: Service) => Promise<unknown>) => {
  act = what
  project.logs.length = 0
  return project.send('test.acts', { cid: 'c1', method: 'PATCH', query: { q: '1' }, body: '{"outer":1}' })
}

test.each<[string, (service: Service) => Promise<unknown>]>([
  ['name', (service) => service.invoke('target', { a: 1 })],
  ['class', (service) => service.invoke(Target, { a: 1 })],
])(
  'a service is invoked by %s: same cid, its input is what is passed, its status and headers are dropped',
  async (_, what) => {
    const { statusCode, headers, json } = await acting(what)
    expect(json).toEqual({ cid: 'c1', input: { a: 1 }, payload: { a: 1 }, method: 'PATCH', channel: 'Test' })
    expect(statusCode).toBe(200)
    expect(headers).toEqual({ 'content-type': 'application/json' })
  },
)

test('what is passed arrives as it is, text and bytes of it too', async () => {
  const payload = { when: new Date(0) }
  class Looks extends Service {
    handle() {
      return [this.request.payload === payload, this.request.text, this.request.raw.length]
    }
  }
  class Passes extends Service {
    handle() {
      return this.invoke('test.looks', payload)
    }
  }
  const reply = await running({ Looks, Passes }).send('test.passes')
  expect(reply.json).toEqual([true, '{"when":"1970-01-01T00:00:00.000Z"}', 35])
})

test('without a payload the input is empty, not that of the caller', async () => {
  expect((await acting((service) => service.invoke('target'))).json).toEqual({
    cid: 'c1',
    input: {},
    method: 'PATCH',
    channel: 'Test',
  })
})

test('errors propagate', async () => {
  expect(await acting((service) => service.invoke(Missing))).toMatchObject({
    statusCode: 404,
    problem: { detail: 'There is no order "7"' },
  })
  const caught = await acting((service) =>
    service.invoke(Missing).catch((error: unknown) => `caught ${(error as NotFound).status}`),
  )
  expect(caught.text).toBe('caught 404')
})

test('input and output are checked and converted', async () => {
  expect((await acting((service) => service.invoke('test.typed', { n: '21' }))).json).toEqual({ twice: 42 })
  expect(await acting((service) => service.invoke('test.typed', { n: 'x' }))).toMatchObject({
    statusCode: 400,
    problem: { errors: [{ path: '/n' }] },
  })
  expect(await acting((service) => service.invoke('test.typed', { n: 13 }))).toMatchObject({ statusCode: 500 })
  expect(project.logs).toMatchObject([{ fields: { code: 'ZS302' } }])
})

test.each<[string, string]>([
  ['test.self', 'The service "test.self" invokes itself'],
  ['test.ping', 'Services invoke each other more than 100 deep: … → test.pong → test.ping → test.pong → test.ping'],
])('%s, which would never end, is an error', async (name, message) => {
  Ping.depth = 0
  project.logs.length = 0
  expect((await project.send(name)).statusCode).toBe(500)
  expect(project.logs).toMatchObject([{ level: 'error', message, fields: { code: 'ZS202' } }])
  expect(Ping.depth).toBe(name === 'test.ping' ? 50 : 0)
})

test('an unknown service is an error with the closest names, and 500 to the caller', async () => {
  expect((await acting((service) => service.invoke('targte'))).statusCode).toBe(500)
  expect(project.logs).toMatchObject([
    { message: 'There is no service "targte"', fields: { code: 'ZS201', hint: 'did you mean "target"?' } },
  ])
})

test('a class that is no service of the project is an error that says what to do', async () => {
  expect((await acting((service) => service.invoke(NotExported))).statusCode).toBe(500)
  expect(project.logs).toMatchObject([
    { fields: { code: 'ZS201', hint: expect.stringContaining('export it') as string } },
  ])
})

test('of several handlers the payload chooses; the only one needs no choice', async () => {
  expect((await acting((service) => service.invoke(Verbs))).text).toBe('got')
  expect((await acting((service) => service.invoke(Verbs, null))).text).toBe('posted')
  expect((await acting((service) => service.invoke(OnlyPut))).text).toBe('put')
  expect((await acting((service) => service.invoke(Odd))).statusCode).toBe(500)
  expect(project.logs).toMatchObject([
    { message: 'The service "test.odd" has no "handle", only "handlePUT", "handleDELETE"' },
  ])
})

test('several run at once, each with its own request', async () => {
  const inputs = [1, 2, 3].map((a) => ({ a }))
  const { json } = await acting((service) =>
    Promise.all(inputs.map(async (input) => (await service.invoke(Target, input)).input)),
  )
  expect(json).toEqual(inputs)
})
