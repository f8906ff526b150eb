-- Asks for the lines of a file, and counts what is not 200. Arguments: the file, from which line on, and `again` or `once`.
-- Once, a run that comes to the end of the file says so by a wrong answer: to ask twice would be another measurement.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("place", #threads)
end

function init(arguments)
  urls, right, wrong, step = {}, 0, 0, 2
  for line in io.lines(arguments[1]) do table.insert(urls, line) end
  place = place + tonumber(arguments[2])
  again = arguments[3] == "again"
end

function request()
  if again then place = (place - 1) % #urls + 1 end
  local url = urls[place] or "/the-end-of-the-file"
  place = place + step
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
