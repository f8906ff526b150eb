-- Asks for one page of the list after another, and counts what is not 200. Arguments: how many pages, of how many books.
local pages, limit
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("start", #threads * 37)
end

function init(arguments)
  pages, limit = tonumber(arguments[1]), tonumber(arguments[2])
  right, wrong, number = 0, 0, start
end

function request()
  number = number % pages + 1
  return wrk.format("GET", "/books?page=" .. number .. "&limit=" .. limit)
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
