#!/usr/bin/env bash
# Finds or installs the two simulators that the tests of exported Verilog run: Icarus Verilog and Verilator (5 or later, with its compiler).
# Safe to run again: what is already there is left alone.
set -euo pipefail

# A Verilator before 5 cannot run a testbench with delays.
has_verilator() {
  command -v verilator >/dev/null && [ "$(verilator --version | sed -E 's/^Verilator ([0-9]+).*/\1/')" -ge 5 ]
}

missing=()
if ! command -v iverilog >/dev/null; then missing+=(iverilog); fi
if ! has_verilator; then missing+=(verilator); fi
# Verilator writes C++, which is compiled.
if ! command -v g++ >/dev/null; then missing+=(g++); fi
if ! command -v make >/dev/null; then missing+=(make); fi
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup-hardware-tools: ${missing[*]} missing, and no sudo to install them" >&2
    exit 1
  fi
  as_root=(sudo)
fi
if ! command -v apt-get >/dev/null; then
  echo "setup-hardware-tools: ${missing[*]} missing, and no apt-get to install them; install Icarus Verilog and Verilator 5 or later" >&2
  exit 1
fi

echo "setup-hardware-tools: installing ${missing[*]}"
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
if ! has_verilator; then
  echo "setup-hardware-tools: the Verilator of this system is older than 5; install a newer one" >&2
  exit 1
fi
