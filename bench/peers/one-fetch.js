// What one writes in place of `zato-ts call`: sends one request, prints what came.
const [url] = process.argv.slice(2)
const response = await fetch(url, { headers: { 'x-zato-cid': crypto.randomUUID().replaceAll('-', '') } })
console.log(JSON.stringify(await response.json(), null, 2))
if (!response.ok) process.exitCode = 1
