// Hono on Node, and the fetch that comes with Node.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cidHeader, cidOf, host, pathOf, port, upstream } from './settings.js'

const app = new Hono()

app.use(async (c, next) => {
  const cid = cidOf(c.req.header(cidHeader))
  c.set('cid', cid)
  c.header(cidHeader, cid)
  await next()
})
app.onError((error, c) => c.json({ status: 502 }, 502))

const headersOf = (c) => ({ accept: 'application/json', [cidHeader]: c.get('cid') })

async function get(c, kind) {
  const path = pathOf(c.req.param('customer_id'), kind, c.req.query('status'))
  const reply = await fetch(upstream + path, { headers: headersOf(c) })
  if (reply.status !== 200) throw new Error(`The API answered ${reply.status}`)
  return reply
}

for (const kind of ['orders', 'history']) {
  app.get(`/api/customers/:customer_id/${kind}`, async (c) => c.json(await (await get(c, kind)).json()))
  app.get(`/api/customers/:customer_id/${kind}/raw`, async (c) =>
    c.body((await get(c, kind)).body, 200, { 'content-type': 'application/json' }),
  )
}

app.post('/api/orders', async (c) => {
  const reply = await fetch(`${upstream}/orders`, {
    method: 'POST',
    headers: { ...headersOf(c), 'content-type': 'application/json' },
    body: JSON.stringify(await c.req.json()),
  })
  if (reply.status !== 201) throw new Error(`The API answered ${reply.status}`)
  return c.json(await reply.json(), 201)
})

serve({ fetch: app.fetch, port, hostname: host })
