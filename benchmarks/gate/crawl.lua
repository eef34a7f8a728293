-- wrk as a crawler behind a proxy: URLs in absolute form, a fresh mark in each, and one line of JSON at the end.
-- wrk [OPTIONS] -s crawl.lua PROXY -- URL HOST MARK fresh|same [CREDENTIALS]...
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(arguments)
  url, mark, fresh = arguments[1], arguments[3], arguments[4] == "fresh"
  wrk.headers["Host"] = arguments[2]
  asked = 0
  credentials = {}
  for at = 5, #arguments do credentials[at - 4] = arguments[at] end
end

function request()
  asked = asked + 1
  if #credentials > 0 then wrk.headers["Proxy-Authorization"] = credentials[asked % #credentials + 1] end
  if not fresh then return wrk.format("GET", url .. "?" .. mark) end
  return wrk.format("GET", string.format("%s?%s-%d-%d", url, mark, id, asked))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "statuses": %d, "broken": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
