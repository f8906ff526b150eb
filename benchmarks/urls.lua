-- Requests the addresses in a file, one a line, and counts responses other than 200 as wrong.
-- Arguments: the file, the first line, and `again` (repeats the file) or `once`. With `once`, a run that reaches the end of
-- the file counts a wrong response, because a repeated request would be served from the cache.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("position", #threads)
end

function init(arguments)
  urls, right, wrong, step = {}, 0, 0, 2
  for line in io.lines(arguments[1]) do table.insert(urls, line) end
  position = position + tonumber(arguments[2])
  again = arguments[3] == "again"
end

function request()
  if again then position = (position - 1) % #urls + 1 end
  local url = urls[position] or "/the-end-of-the-file"
  position = position + step
  return wrk.format("GET", url)
end

function response(status)
  if status == 200 then right = right + 1 else wrong = wrong + 1 end
end

function done(summary)
  local right, wrong = 0, 0
  for _, thread in ipairs(threads) do
    right, wrong = right + thread:get("right"), wrong + thread:get("wrong")
  end
  local lost = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format('{"right": %d, "wrong": %d, "lost": %d, "microseconds": %d}', right, wrong, lost, summary.duration))
end
