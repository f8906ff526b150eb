#!/usr/bin/env bash
# Checks a running Compose stack: the API, a crawl of the demonstration shop, and that the data survives a restart.
# Run it when all services of `docker compose up` are healthy.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stack.sh

count_users() { python3 -c 'import json, sys, urllib.request; print(len(json.load(urllib.request.urlopen(sys.argv[1]))))' "$ADDRESS/users"; }

python3 test_api.py "$ADDRESS"

start_shop
docker compose run --rm -T backend python manage.py scrape_books --url http://colophon-shop:8001/ --delay 0 --no-progress
expect "books after the crawl" "$(count_books)" 1000

# A crawl that staff start through the API, and that the worker executes
create_staff
SHOP_URL=http://colophon-shop:8001/ docker compose up --detach --no-deps worker >/dev/null 2>&1
expect "a crawl in the background" "$(crawl)" "succeeded, 1000 unchanged"
docker compose up --detach --no-deps worker >/dev/null 2>&1

# A user who must still exist after the restarts below
member=check-stack@example.org
python3 -c 'import json, sys, urllib.request as u
body = json.dumps({"name": "Member", "email": sys.argv[2], "age": 40}).encode()
u.urlopen(u.Request(sys.argv[1] + "/users", body, {"Content-Type": "application/json"}))' "$ADDRESS" "$member"
registered=$(count_users)
docker compose restart >/dev/null 2>&1
wait_until_ready
expect "books after a restart" "$(count_books)" 1000
expect "users after a restart" "$(count_users)" "$registered"

docker compose kill backend db >/dev/null 2>&1
docker compose up --detach >/dev/null 2>&1
wait_until_ready
expect "books after SIGKILL of the database and the server" "$(count_books)" 1000
expect "users after SIGKILL of the database and the server" "$(count_users)" "$registered"
python3 test_api.py "$ADDRESS"
delete_users "$member" "$STAFF"
