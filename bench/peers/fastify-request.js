// Fastify and undici's request.
import { Pool } from 'undici'
import { serve } from './fastify-server.js'
import { upstream } from './settings.js'

const pool = new Pool(upstream)

serve(async (method, path, headers, payload) => {
  const body = payload === undefined ? undefined : JSON.stringify(payload)
  const reply = await pool.request({ method, path, headers, body })
  return { statusCode: reply.statusCode, json: () => reply.body.json(), raw: () => reply.body }
})
