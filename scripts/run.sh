#!/usr/bin/env bash
# What `make run` does after setup: the database once, the demo data once, then the server.
set -euo pipefail

vyezd init
vyezd demo --size small
exec vyezd serve --host 127.0.0.1 --port "${PORT:-8000}"
