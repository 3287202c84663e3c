#!/usr/bin/env bash
# Puts llama.cpp, as node-llama-cpp brings it, under tools/llama: an engine of others to compare with.
# Safe to run again: what is already there is left alone.
set -euo pipefail
cd "$(dirname "$0")/../tools/llama"

if [ "$(uname -s)-$(uname -m)" != "Linux-x86_64" ]; then
  echo "setup-llama: llama.cpp is set up on Linux x86-64 only" >&2
  exit 1
fi

stamp="node_modules/.ready-$(sha256sum package-lock.json | cut -c1-16)"
if [ -e "$stamp" ]; then exit 0; fi

echo "setup-llama: installing node-llama-cpp"
# Without its optional packages, which are for graphics cards and other machines, and without its script, which would download or compile.
npm ci --omit=optional --ignore-scripts --no-audit --no-fund
touch "$stamp"
