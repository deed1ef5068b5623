import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './ask.js'
import { requireNginx } from './find-program.js'
import { makeFolder } from './folder.js'
import { type Running, firstAnswer, start } from './programs.js'

export interface Upstream {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Starts nginx as the API that everything calls: it takes next to no time of the processors to answer. */
export async function startUpstream(): Promise<Upstream> {
  const program = requireNginx()
  const folder = makeFolder('nginx')
  const port = await freePort()
  mkdirSync(join(folder, 'temporary'))
  writeFileSync(join(folder, 'history.json'), JSON.stringify(history()))
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port))
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]
  const running: Running = start('nginx', { file: program, args })
  const url = `http://127.0.0.1:${port}`
  await firstAnswer(running, `${url}/ready`)
  return { url, stop: running.stop }
}

/**
 * Replies come from memory. What a program has to send on is checked here, where that is cheap: without the correlation
 * id, the query parameter or the whole payload the answer is 400, and a 400 makes a round fail.
 */
function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/temporary/${name};`)
    .join('\n')
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 1024; }
http {
  access_log off;
  default_type application/json;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_body_buffer_size 64k;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=10 inactive=1h;
${temporary}
  server {
    listen 127.0.0.1:${port};
    location = /ready { return 200 '{}'; }
    location ~ ^/customers/(?<customer>[^/]+)/orders$ {
      if ($http_x_zato_cid = '') { return 400; }
      if ($arg_status != 'pending') { return 400; }
      return 200 '{"customer_id":"$customer","status":"$arg_status","orders":${ordersText}}';
    }
    location ~ ^/customers/[^/]+/history$ {
      if ($http_x_zato_cid = '') { return 400; }
      if ($arg_status != 'pending') { return 400; }
      alias ${folder}/history.json;
    }
    location = /orders {
      if ($http_x_zato_cid = '') { return 400; }
      if ($request_method != POST) { return 405; }
      if ($content_length !~ '^10[0-9][0-9][0-9]$') { return 400; }
      return 201 '{"id":"A-1003","status":"created","total":1250.5}';
    }
  }
}
`
}

const order = (id: number) => ({
  id: `A-${id}`,
  status: 'pending',
  total: 12.5,
  lines: 3,
  placed: '2025-03-14T09:26:53Z',
})

const ordersText = JSON.stringify([order(1001), order(1002), order(1003)])

/** About 100 KB of JSON. */
function history() {
  return { customer_id: '12345', orders: Array.from({ length: 1190 }, (_, index) => order(1000 + index)) }
}

/** About 10 KB of JSON, as a caller sends it. */
export const newOrder = JSON.stringify({
  customer_id: '12345',
  lines: Array.from({ length: 127 }, (_, index) => ({
    sku: `SKU-${1000 + index}`,
    quantity: 2,
    price: 19.75,
    note: 'Wrap it as a gift please',
  })),
})
