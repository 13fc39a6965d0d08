"""Runs a command and writes its wall time and peak resident memory: measure.py RESULT COMMAND ARG..."""

import os
import sys
import time

result, command = sys.argv[1], sys.argv[2:]
start = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - start

# ru_maxrss is in KiB on Linux, and counts the children that the command itself waited for.
with open(result, "w", encoding="ascii") as out:
    out.write(f"{seconds:.3f}\t{usage.ru_maxrss}\n")
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
