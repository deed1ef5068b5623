-- Arguments: nothing; or "payload" and the file of a JSON payload, which is sent by POST; or "paths" and a file of one path a
-- line, which are asked for in turn.
local requests = {}
local turn = 0

local function next_request()
  turn = turn % #requests + 1
  return requests[turn]
end

function init(args)
  if args[1] == nil then return end
  local file = assert(io.open(args[2], 'rb'))
  if args[1] == 'payload' then
    wrk.method = 'POST'
    wrk.body = file:read('*a')
    wrk.headers['Content-Type'] = 'application/json'
  else
    for path in file:lines() do requests[#requests + 1] = wrk.format('GET', path) end
    -- Defined only here: where there is nothing to choose, wrk does not ask.
    request = next_request
  end
  file:close()
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
