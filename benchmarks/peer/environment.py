"""The peers' Python: a virtual environment with the versions of requirements.txt, made once."""
import hashlib
import pathlib
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).resolve().parent / "requirements.txt"


def python(folder):
    """The interpreter of the environment in `folder`, which is made or mended first where it isn't as asked."""
    interpreter = folder / "bin" / "python"
    stamp = folder / ".requirements"
    asked = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == asked):
        print(f"making the peers' environment in {folder} (some 7 GB)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(interpreter), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)], check=True)
        stamp.write_text(asked)
    return interpreter


def versions():
    return dict(line.split("==") for line in REQUIREMENTS.read_text(encoding="utf-8").split("\n") if "==" in line)
