"""Holds each emergency number of scripts/emergency.toml against the metadata of Google's libphonenumber.

    python3 .ci/numbers.py WHEEL    the wheel of the package phonenumbers, which is read and not installed

It finds slips of the pen. It cannot tell an ambulance from the police: that is looked up by hand.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from phonenumbers.shortnumberinfo import is_emergency_number  # noqa: E402

table = Path(__file__).resolve().parent.parent / "scripts/emergency.toml"
text = table.read_text(encoding="utf-8")
# Python reads TOML only from 3.11 on.
rows = re.findall(r'^([A-Z]{2}) = \{ number = "(\d+)"', text, re.MULTILINE)
if not rows or len(rows) != text.count("number ="):
    sys.exit(f"{table}: a row is written otherwise than the rest")
wrong = [f"{country} {number}" for country, number in rows if not is_emergency_number(number, country)]
if wrong:
    sys.exit(f"{table}: the metadata knows no such emergency number: {', '.join(wrong)}")
print(f"{len(rows)} emergency numbers are as the metadata has them")
