// Uses the packed package as its user would: init, check, serve, a curl and a call, on whichever Node runs this file.
// Usage: node .ci/smoke.js FOLDER-WHERE-THE-PACKAGE-IS-INSTALLED
import { execFile, spawn } from 'node:child_process'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const binary = join(process.argv[2] ?? '.', 'node_modules/zato-ts/bin/zato-ts.js')
const folder = await mkdtemp(join(tmpdir(), 'zato-ts-smoke-'))
const shop = join(folder, 'shop')
const cli = (...args) => run(process.execPath, [binary, ...args], { cwd: shop })

try {
  await run(process.execPath, [binary, 'init', 'shop', '--yes'], { cwd: folder })
  console.log('init')

  const check = await cli('check')
  console.log(`check: ${(check.stdout + check.stderr).trim()}`)

  const server = spawn(process.execPath, [binary, 'serve', '--json', '--port', '0'], {
    cwd: shop,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(server, 'exit')
  try {
    const failed = exited.then(([code]) => assert.fail(`serve ended with ${code}`))
    const { port } = new URL(await Promise.race([urlOf(server), failed]))
    const { stdout: curl } = await run('curl', [
      '-sS',
      '--fail-with-body',
      `http://localhost:${port}/api/customers/12345/orders?status=pending`,
    ])
    assert.equal(typeof JSON.parse(curl), 'object')
    console.log(`curl: ${curl.trim()}`)

    const call = await run(
      process.execPath,
      [binary, 'call', 'Orders API', '--params', 'customer_id=12345', '--params', 'status=pending'],
      { cwd: shop, env: { ...process.env, ZATO_TS_PORT: port } },
    )
    assert.deepEqual(JSON.parse(call.stdout), JSON.parse(curl))
    console.log(`call: ${call.stdout.trim()}`)
  } finally {
    server.kill('SIGINT')
  }
  const [code] = await exited
  assert.equal(code, 0, 'serve ends with 0 on Ctrl-C')
  console.log(`Node ${process.version}: smoke passed`)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Where it answers, once it does. */
function urlOf(server) {
  return new Promise((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const { type, url } = JSON.parse(line)
      if (type === 'ready') resolve(url)
    })
  })
}
