-- wrk: POST one body again and again; with a file of tokens, each token once.
-- Arguments after `--`: the file of the body, the file of tokens or "-", the number of the first token.

local body, tokens, next_token = nil, {}, 1

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  body = file:read("*a")
  file:close()
  wrk.headers["Content-Type"] = "application/json"
  if arguments[2] and arguments[2] ~= "-" then
    local skip = tonumber(arguments[3] or "0")
    local number = 0
    for line in io.lines(arguments[2]) do
      number = number + 1
      if number > skip then tokens[#tokens + 1] = line end
    end
  end
end

function request()
  if #tokens > 0 then
    local token = assert(tokens[next_token], "no token is left")
    next_token = next_token + 1
    return wrk.format("POST", nil, { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }, body)
  end
  return wrk.format("POST", nil, nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
