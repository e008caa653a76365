"""Runs a command and writes what it cost: python bench/charged.py FILE PROCESSORS COMMAND...

FILE gets one JSON object: exit status, wall seconds, CPU seconds of all threads, the most memory at one time in bytes.
A program of its own, because Linux counts the memory of the process that started a command as memory of the command:
started from a large program, a small command would look large. PROCESSORS: the numbers it may use, with commas.
"""

import json
import os
import subprocess
import sys
import time

file, processors, *command = sys.argv[1:]
os.sched_setaffinity(0, {int(number) for number in processors.split(",")})
begin = time.perf_counter()
process = subprocess.Popen(command)
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - begin
process.returncode = os.waitstatus_to_exitcode(status)
with open(file, "w") as out:
    json.dump(
        {
            "status": process.returncode,
            "seconds": seconds,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "bytes": used.ru_maxrss * 1024,
        },
        out,
    )
