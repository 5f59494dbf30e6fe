"""Reads captions with somebody else's parser, and prints each as "from to text", in milliseconds.

    python3 .ci/captions.py WHEEL FILE.vtt    the wheel of the package webvtt-py, which is read and not installed
"""

import sys

# In place of this folder, whose numbers.py is not the one of Python.
sys.path[0] = sys.argv[1]
from webvtt import WebVTT  # noqa: E402


def milliseconds(time):
    hours, minutes, seconds = time.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)


for caption in WebVTT.read(sys.argv[2]):
    print(milliseconds(caption.start), milliseconds(caption.end), caption.text.replace("\n", " "))
