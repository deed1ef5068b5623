import Fastify from 'fastify'
import { cidHeader, cidOf, host, pathOf, port } from './settings.js'

/**
 * `call(method, path, headers, payload)` resolves to the status code of the upstream's reply and two ways to its body: `json()`, and
 * `raw()`, which gives something that Fastify can send.
 */
export function serve(call) {
  const app = Fastify()
  app.decorateRequest('cid', '')
  app.addHook('onRequest', (request, reply, done) => {
    request.cid = cidOf(request.headers[cidHeader])
    reply.header(cidHeader, request.cid)
    done()
  })
  app.setErrorHandler((error, request, reply) => reply.code(502).send({ status: 502 }))

  const headersOf = ({ cid }) => ({ accept: 'application/json', [cidHeader]: cid })
  const get = async (request, kind) => {
    const path = pathOf(request.params.customer_id, kind, request.query.status)
    const answer = await call('GET', path, headersOf(request))
    if (answer.statusCode !== 200) throw new Error(`The API answered ${answer.statusCode}`)
    return answer
  }
  for (const kind of ['orders', 'history']) {
    app.get(`/api/customers/:customer_id/${kind}`, async (request) => (await get(request, kind)).json())
    app.get(`/api/customers/:customer_id/${kind}/raw`, async (request, reply) => {
      const answer = await get(request, kind)
      return reply.type('application/json').send(await answer.raw())
    })
  }
  app.post('/api/orders', async (request, reply) => {
    const headers = { ...headersOf(request), 'content-type': 'application/json' }
    const answer = await call('POST', '/orders', headers, request.body)
    if (answer.statusCode !== 201) throw new Error(`The API answered ${answer.statusCode}`)
    return reply.code(201).send(await answer.json())
  })
  app.listen({ port, host })
}
