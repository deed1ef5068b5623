// Express and axios.
import axios from 'axios'
import express from 'express'
import { cidHeader, cidOf, host, pathOf, port, upstream } from './settings.js'

const app = express()
const api = axios.create({ baseURL: upstream, validateStatus: (status) => status === 200 || status === 201 })

app.use(express.json())
app.use((request, response, next) => {
  request.cid = cidOf(request.get(cidHeader))
  response.set(cidHeader, request.cid)
  next()
})

const headersOf = ({ cid }) => ({ accept: 'application/json', [cidHeader]: cid })

function get(request, kind, options) {
  const path = pathOf(request.params.customer_id, kind, request.query.status)
  return api.get(path, { headers: headersOf(request), ...options })
}

for (const kind of ['orders', 'history']) {
  app.get(`/api/customers/:customer_id/${kind}`, async (request, response) => {
    response.json((await get(request, kind)).data)
  })
  app.get(`/api/customers/:customer_id/${kind}/raw`, async (request, response) => {
    const { data } = await get(request, kind, { responseType: 'stream' })
    data.pipe(response.type('application/json'))
  })
}

app.post('/api/orders', async (request, response) => {
  const { data } = await api.post('/orders', request.body, { headers: headersOf(request) })
  response.status(201).json(data)
})

app.use((error, request, response, next) => {
  if (response.headersSent) next(error)
  else response.status(502).json({ status: 502 })
})

app.listen(port, host)
