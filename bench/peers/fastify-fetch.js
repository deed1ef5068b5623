// Fastify and the fetch that comes with Node.
import { serve } from './fastify-server.js'
import { upstream } from './settings.js'

serve(async (method, path, headers, payload) => {
  const body = payload === undefined ? undefined : JSON.stringify(payload)
  const reply = await fetch(upstream + path, { method, headers, body })
  return { statusCode: reply.status, json: () => reply.json(), raw: () => reply.body }
})
