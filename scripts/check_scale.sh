#!/usr/bin/env bash
# Checks a running stack of docker-compose.scale.yml: the API through nginx, a crawl by a worker, shared files, and that
# the other web server or worker takes over when one is killed. Run it when all services are healthy.
set -euo pipefail
cd "$(dirname "$0")/.."
export COMPOSE_FILE=${COMPOSE_FILE:-docker-compose.yml:docker-compose.scale.yml}
source scripts/stack.sh

query() { docker compose exec -T db sh -c 'psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -qtAX -c "$1"' sh "$1"; }
# Prints the host of the crawl: the first word of the column, which the host name starts.
find_host() { query "SELECT split_part(host, ' ', 1) FROM scraping_scraperun WHERE state = '$1' ORDER BY id DESC LIMIT 1"; }
is_running() { [ -n "$(find_host running)" ]; }

# The shop runs as a container of the service backend, whose health check it fails.
are_healthy() {
  local states
  states=$(docker compose ps --all --format '{{.Service}} {{.State}} {{.ExitCode}} {{.Health}}')
  ! grep --invert-match --quiet -E '^backend |^migrate exited 0|^worker[12] running|^[^ ]+ running 0 healthy' <<<"$states"
}
start_all() {
  docker compose up --detach "$@" >/dev/null 2>&1
  wait_until "all services are healthy" 120 are_healthy
}
# Kills a web server while requests arrive: nginx must send them to the other one.
kill_during_reads() {
  exec 3< <(python3 scripts/read_books.py "$ADDRESS" 15)
  sleep 2
  docker compose kill "$1" >/dev/null 2>&1
  expect "failed reads while $1 was killed" "$(cat <&3)" 0
}

python3 test_api.py "$ADDRESS"

start_shop
create_staff
export SHOP_URL=http://colophon-shop:8001/ SHOP_DELAY=0.02
start_all --no-deps worker1 worker2
expect "a crawl in the background" "$(crawl)" "succeeded, 1000 created"
expect "books after the crawl" "$(count_books)" 1000

docker compose exec -T backend1 sh -c 'echo shared >files/check'
expect "a file of backend1 on worker2" "$(docker compose exec -T worker2 sh -c 'cat files/check && rm files/check')" shared

kill_during_reads backend1
python3 test_api.py "$ADDRESS"
start_all
# nginx must have found backend1 again, which is alone now.
kill_during_reads backend2
start_all

exec 3< <(crawl --full)
wait_until "a worker executes the crawl" 60 is_running
sleep 3
killed=$(find_host running)
case $killed in worker1) other=worker2 ;; *) other=worker1 ;; esac
docker compose kill "$killed" >/dev/null 2>&1
echo "       $killed was killed during the crawl; its successor waits for the heartbeat to expire"
expect "the crawl of the killed worker" "$(cat <&3)" "succeeded, 1000 unchanged"
expect "the worker that finished it" "$(find_host succeeded)" "$other"
unset SHOP_URL SHOP_DELAY
start_all

python3 test_api.py "$ADDRESS"
delete_users "$STAFF"
expect "sign-in attempts with forged addresses" "$(python3 scripts/forge_addresses.py "$ADDRESS")" "rejected after the limit"
