"""The Python package that the built-in voice is from: says every line of a file, and prints how long that took."""

import json
import sys
import time
from importlib.metadata import version
from platform import python_version

# As Softback's own speed for 137 words a minute.
SPEED = 0.7925

with open(sys.argv[1], encoding="utf-8") as file:
    lines = file.read().splitlines()

begun = time.perf_counter()
from hibari import Hibari  # noqa: E402 - what it takes to load is measured

voice = Hibari()
voice("Hello, and welcome.", speed=SPEED)
loaded = time.perf_counter() - begun

begun = time.perf_counter()
spoken = sum(len(voice(line, speed=SPEED, seed=0)) for line in lines) / voice.sample_rate
taken = time.perf_counter() - begun

with open("/proc/self/status", encoding="ascii") as status:
    peak = next(line for line in status if line.startswith("VmHWM:"))
versions = ", ".join(f"{name} {version(name)}" for name in ("hibari-tts", "onnxruntime", "numpy"))
print(json.dumps({
    "loaded": loaded,
    "spoken": spoken,
    "taken": taken,
    "kilobytes": int(peak.split()[1]),
    "versions": f"{versions}, Python {python_version()}",
}))
