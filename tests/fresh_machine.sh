#!/usr/bin/env bash
# A newcomer's machine: a clean clone, an emptied environment, the system's own python3, no pip cache.
# `make run` must reach /readyz and stop cleanly on Ctrl-C.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
trap 'rm -rf "$folder"' EXIT
git -c safe.directory='*' clone -q "$here" "$folder/mocxa"

# Only what lets pip and npm reach their registries on this network is passed on.
network=$(env | grep -iE '^(https?_proxy|no_proxy|ssl_cert_file|requests_ca_bundle|pip_(index_url|extra_index_url|cert|find_links)|node_extra_ca_certs|npm_config_(registry|cafile))=' || true)
mapfile -t passed <<<"$network"
cd "$folder/mocxa"
env -i "${passed[@]:-_=}" HOME="$folder" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  PIP_NO_CACHE_DIR=1 PORT="$port" setsid make run PYTHON=/usr/bin/python3 >"$folder/log" 2>&1 &
pid=$!

for _ in $(seq 600); do
  if python3 - "$port" <<'PY'
import json, sys, urllib.request
try:
    with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/readyz", timeout=2) as answer:
        sys.exit(0 if json.load(answer)["status"] == "ready" else 1)
except OSError:
    sys.exit(1)
PY
  then break; fi
  if ! kill -0 "$pid" 2>/dev/null; then cat "$folder/log"; echo "make run ended before it was ready"; exit 1; fi
  sleep 1
done
grep -q 'demo.example' "$folder/log" || { cat "$folder/log"; echo "no demonstration sign-ins were printed"; exit 1; }
started=$(ps -o pgid= -p "$pid" | tr -d ' ')
kill -INT -- "-$started"
for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || break; sleep 1; done
if kill -0 "$pid" 2>/dev/null; then echo "make run did not stop on Ctrl-C"; kill -KILL -- "-$started"; exit 1; fi
echo "A fresh machine reached /readyz and stopped cleanly."
