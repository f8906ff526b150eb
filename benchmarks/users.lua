-- Requests of users.py: with `-- GET`, wrk reads one user; with `-- POST`, it registers a new user with each request.
-- users.py reads the last line of the output: the duration in microseconds, and the counts of responses.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init(args)
  method = args[1]
  expected = method == "POST" and 201 or 200
  started, sent, right, wrong = os.time(), 0, 0, 0
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Accept"] = "application/json"
end

function request()
  if method == "GET" then return wrk.format("GET", "/users/1") end
  sent = sent + 1
  local email = string.format("p%d.%d.%d@example.org", started, number, sent)
  return wrk.format("POST", "/users", nil, string.format('{"name": "Ada", "email": "%s", "age": 36}', email))
end

function response(status)
  if status == expected then right = right + 1 else wrong = wrong + 1 end
end

function done(summary)
  local right, wrong, errors = 0, 0, summary.errors
  for _, thread in ipairs(threads) do
    right, wrong = right + thread:get("right"), wrong + thread:get("wrong")
  end
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format('{"microseconds": %d, "right": %d, "wrong": %d, "lost": %d}', summary.duration, right, wrong, lost))
end
