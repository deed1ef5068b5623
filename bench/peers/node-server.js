import { createServer } from 'node:http'
import { cidHeader, cidOf, host, pathOf, port } from './settings.js'

const customerPath = /^\/api\/customers\/([^/]+)\/(orders|history)(\/raw)?$/

/**
 * The server that one writes by hand on node:http. `call(method, path, headers, body)` resolves to the status code of the upstream's
 * reply and two ways to its body: `json()`, and `raw()`, which gives a buffer.
 */
export function serve(call) {
  createServer((request, response) => {
    answer(request, response, call).catch(() => refuse(response, 502))
  }).listen(port, host)
}

async function answer(request, response, call) {
  const cid = cidOf(request.headers[cidHeader])
  response.setHeader(cidHeader, cid)
  const [path, query] = request.url.split('?', 2)
  const headers = { accept: 'application/json', [cidHeader]: cid }

  const customer = request.method === 'GET' && customerPath.exec(path)
  if (customer) {
    const [, id, kind, raw] = customer
    const status = new URLSearchParams(query).get('status')
    const reply = await call('GET', pathOf(decodeURIComponent(id), kind, status), headers)
    if (reply.statusCode !== 200) refuse(response, 502)
    else send(response, 200, raw ? await reply.raw() : JSON.stringify(await reply.json()))
  } else if (request.method === 'POST' && path === '/api/orders') {
    const payload = JSON.parse((await readBody(request)).toString())
    headers['content-type'] = 'application/json'
    const reply = await call('POST', '/orders', headers, JSON.stringify(payload))
    if (reply.statusCode !== 201) refuse(response, 502)
    else send(response, 201, JSON.stringify(await reply.json()))
  } else {
    refuse(response, 404)
  }
}

function readBody(request) {
  return new Promise((resolve, reject) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

function send(response, statusCode, body) {
  response.writeHead(statusCode, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function refuse(response, statusCode) {
  send(response, statusCode, JSON.stringify({ status: statusCode }))
}
