#!/usr/bin/env bash
# Finds a Python, and hands everything to scripts/launch.py, which sets up .venv and runs.
#   ./run.sh                     the app
#   ./run.sh test [--all] [...]  the tests
#   ./run.sh COMMAND [...]       a Brushreel command, for instance: render --in a.mp4 --styles pencil
set -u

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P) || exit 2

suits() {
    "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ ! -e "$root/.venv/installing" ] && suits "$root/.venv/bin/python"; then
    exec "$root/.venv/bin/python" -I "$root/scripts/launch.py" ${1+"$@"}
fi
for python in python3 python3.13 python3.12 python3.11 python; do
    if suits "$python"; then
        exec "$python" -I "$root/scripts/launch.py" ${1+"$@"}
    fi
done

echo "Brushreel needs Python 3.11 or newer, and none was found." >&2
case "$(uname -s)" in
    Darwin) echo "Install it from python.org, or with: brew install python" >&2 ;;
    *)      echo "Install it, for instance with: sudo apt install python3 python3-venv" >&2 ;;
esac
exit 2
