#!/usr/bin/env bash
# Checks the running Compose stack from outside: the API, a crawl of the project's own shop, and that all of it is
# still there after a restart. Run it beside docker-compose.yml once `docker compose up` is healthy.
set -euo pipefail
cd "$(dirname "$0")/.."
ADDRESS=http://127.0.0.1:8000

count() { python3 -c 'import json, sys, urllib.request; print(json.load(urllib.request.urlopen(sys.argv[1]))["count"])' "$ADDRESS/books?limit=1"; }
people() { python3 -c 'import json, sys, urllib.request; print(len(json.load(urllib.request.urlopen(sys.argv[1]))))' "$ADDRESS/users"; }
wait_until_ready() {
  for _ in $(seq 120); do
    if python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=3)' "$ADDRESS/ready" 2>/dev/null; then return; fi
    sleep 0.5
  done
  echo "not ready within a minute" >&2
  return 1
}
same() { [ "$2" = "$3" ] && echo "ok     $1: $2" || { echo "FAILED $1: $2, not $3" >&2; exit 1; }; }

python3 test_api.py "$ADDRESS"

docker compose run --detach --no-deps --name colophon-shop --volume "$PWD/tests:/app/tests:ro" \
  backend python -m tests.fakes.shop --host 0.0.0.0 --port 8001 >/dev/null
trap 'docker rm --force colophon-shop >/dev/null' EXIT
sleep 2
docker compose run --rm -T backend python manage.py scrape_books --url http://colophon-shop:8001/ --delay 0 --no-progress
same "books after the crawl" "$(count)" 1000

# A crawl that staff start: asked for by the API, done by the worker
staff=check-stack-staff@example.org
docker compose exec -T backend python manage.py shell --verbosity 0 --command "
from users.models import User
User.objects.create_superuser(email='$staff', name='Staff', password='a passing password')"
SHOP_URL=http://colophon-shop:8001/ docker compose up --detach --no-deps worker >/dev/null 2>&1
same "a crawl in the background" "$(python3 scripts/start_crawl.py "$ADDRESS" "$staff" 'a passing password')" "succeeded, 1000 unchanged"
docker compose up --detach --no-deps worker >/dev/null 2>&1

# Somebody who is to be there still after what follows
stays=check-stack@example.org
python3 -c 'import json, sys, urllib.request as u
body = json.dumps({"name": "Stays", "email": sys.argv[2], "age": 40}).encode()
u.urlopen(u.Request(sys.argv[1] + "/users", body, {"Content-Type": "application/json"}))' "$ADDRESS" "$stays"
registered=$(people)
docker compose restart >/dev/null 2>&1
wait_until_ready
same "books after a restart" "$(count)" 1000
same "people after a restart" "$(people)" "$registered"

docker compose kill backend db >/dev/null 2>&1
docker compose up --detach >/dev/null 2>&1
wait_until_ready
same "books after SIGKILL of the database and the server" "$(count)" 1000
same "people after SIGKILL of the database and the server" "$(people)" "$registered"
python3 test_api.py "$ADDRESS"
docker compose exec -T backend python manage.py shell --verbosity 0 \
  --command "from users.models import User; User.objects.filter(email__in=['$stays', '$staff']).delete()"
