#!/usr/bin/env bash
# Checks a running Compose stack: the API, a crawl of the demonstration shop, and that the data survives a restart.
# Run it when all services of `docker compose up` are healthy.
set -euo pipefail
cd "$(dirname "$0")/.."
ADDRESS=http://127.0.0.1:8000

count_books() { python3 -c 'import json, sys, urllib.request; print(json.load(urllib.request.urlopen(sys.argv[1]))["count"])' "$ADDRESS/books?limit=1"; }
count_users() { python3 -c 'import json, sys, urllib.request; print(len(json.load(urllib.request.urlopen(sys.argv[1]))))' "$ADDRESS/users"; }
wait_until_ready() {
  for _ in $(seq 120); do
    if python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=3)' "$ADDRESS/ready" 2>/dev/null; then return; fi
    sleep 0.5
  done
  echo "The service was not ready within a minute." >&2
  return 1
}
expect() { [ "$2" = "$3" ] && echo "ok     $1: $2" || { echo "FAILED $1: $2 instead of $3" >&2; exit 1; }; }

python3 test_api.py "$ADDRESS"

docker compose run --detach --no-deps --name colophon-shop --volume "$PWD/tests:/app/tests:ro" \
  backend python -m tests.fakes.shop --host 0.0.0.0 --port 8001 >/dev/null
trap 'docker rm --force colophon-shop >/dev/null' EXIT
sleep 2
docker compose run --rm -T backend python manage.py scrape_books --url http://colophon-shop:8001/ --delay 0 --no-progress
expect "books after the crawl" "$(count_books)" 1000

# A crawl that staff start through the API, and that the worker executes
staff=check-stack-staff@example.org
docker compose exec -T backend python manage.py shell --verbosity 0 --command "
from users.models import User
User.objects.create_superuser(email='$staff', name='Staff', password='a passing password')"
SHOP_URL=http://colophon-shop:8001/ docker compose up --detach --no-deps worker >/dev/null 2>&1
expect "a crawl in the background" "$(python3 scripts/start_crawl.py "$ADDRESS" "$staff" 'a passing password')" "succeeded, 1000 unchanged"
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
docker compose exec -T backend python manage.py shell --verbosity 0 \
  --command "from users.models import User; User.objects.filter(email__in=['$member', '$staff']).delete()"
