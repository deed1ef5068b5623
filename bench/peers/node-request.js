// node:http and undici's request.
import { Pool } from 'undici'
import { serve } from './node-server.js'
import { upstream } from './settings.js'

const pool = new Pool(upstream)

serve(async (method, path, headers, body) => {
  const { statusCode, body: received } = await pool.request({ method, path, headers, body })
  return { statusCode, json: () => received.json(), raw: async () => Buffer.from(await received.arrayBuffer()) }
})
