# shellcheck shell=bash
# Functions of check_stack.sh and check_scale.sh. Sourced in the project's folder.
ADDRESS=http://127.0.0.1:8000
STAFF=check-stack-staff@example.org
PASSWORD='a passing password'

count_books() { python3 -c 'import json, sys, urllib.request; print(json.load(urllib.request.urlopen(sys.argv[1]))["count"])' "$ADDRESS/books?limit=1"; }
expect() { [ "$2" = "$3" ] && echo "ok     $1: $2" || { echo "FAILED $1: $2 instead of $3" >&2; exit 1; }; }

# wait_until WHAT SECONDS COMMAND [ARGUMENT]...
wait_until() {
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || { echo "FAILED $what: not within the time limit" >&2; exit 1; }
    sleep 0.5
  done
}
is_ready() { python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=3)' "$ADDRESS/ready" 2>/dev/null; }
wait_until_ready() { wait_until "the service is ready" 60 is_ready; }

# Removed when the script ends
start_shop() {
  docker compose run --detach --no-deps --name colophon-shop --volume "$PWD/tests:/app/tests:ro" \
    backend python -m tests.fakes.shop --host 0.0.0.0 --port 8001 >/dev/null
  trap 'docker rm --force colophon-shop >/dev/null' EXIT
  sleep 2
}

run_in_shell() { docker compose run --rm -T --no-deps backend python manage.py shell --verbosity 0 --command "$1" 2>/dev/null; }
create_staff() {
  run_in_shell "
from users.models import User
User.objects.create_superuser(email='$STAFF', name='Staff', password='$PASSWORD')"
}
delete_users() { run_in_shell "from users.models import User; User.objects.filter(email__in='$*'.split()).delete()"; }

# Crawls in the background, waits and prints the result. The argument --full reads every page.
crawl() { python3 scripts/start_crawl.py "$ADDRESS" "$STAFF" "$PASSWORD" "$@"; }
