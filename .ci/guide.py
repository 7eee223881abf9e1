#!/usr/bin/env python3
"""Lays down the files that a page of the docs holds, and its commands as commands.sh.

A file is the first fenced block after a paragraph that starts with its name: `pom.xml`: ...
A command is a block of sh.   usage: .ci/guide.py PAGE DIRECTORY
"""
import pathlib
import re
import sys

page = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
directory = pathlib.Path(sys.argv[2])
files = re.findall(r"^`([\w./-]+)`:[^\n]*\n\n```\w+\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
commands = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
if not files or not commands:
    sys.exit(f"{sys.argv[1]} holds {len(files)} files and {len(commands)} commands")
for name, text in files + [("commands.sh", "".join(commands))]:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(name)
