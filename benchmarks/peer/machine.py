"""What machine this is, and what else it did while a process ran."""
import dataclasses
import os
import platform
import subprocess
import time

FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile")


def describe():
    """Processor, cores, the instructions that matter, memory; {} where Linux's files are not there."""
    text = read("/proc/cpuinfo")
    fields = dict(part.split(":", 1) for part in text.splitlines() if ":" in part)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    flags = [flag for flag in FLAGS if flag in fields.get("flags", "").split()]
    memory = [line for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal:")]
    return {
        "processor": fields.get("model name", platform.processor() or platform.machine()),
        "family": f'family {fields.get("cpu family", "?")}, model {fields.get("model", "?")}',
        "flags": flags,
        "kind": "AMX" if "amx_tile" in flags else "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory[0].split()[1]) / 1e6, 1) if memory else None,
        "system": f"{platform.system()} {platform.release()}",
    }


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def busy_seconds():
    """Processor time of the whole machine since it started, all processes together."""
    line = read("/proc/stat").split("\n", 1)[0].split()
    if len(line) < 9:
        return None
    user, nice, system, _, _, irq, softirq, steal = (int(n) for n in line[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Run:
    """A process that ended: its lines on standard error with the second at which each came."""

    code: int
    wall: float
    peak_bytes: int
    own_seconds: float
    others_share: float | None  # of the machine's processors, taken by others meanwhile
    lines: list


def run(command, log, environment=None):
    """Runs a command to its end; `log` keeps what it says."""
    before = busy_seconds()
    begin = time.monotonic()
    lines = []
    with open(log, "w", encoding="utf-8") as kept:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   errors="replace", env={**os.environ, **(environment or {})})
        try:
            for line in process.stderr:
                lines.append((time.monotonic() - begin, line.rstrip("\n")))
                kept.write(f"{lines[-1][0]:9.2f} {line}")
                kept.flush()
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:  # stopped: it isn't left running
            process.kill()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    own = used.ru_utime + used.ru_stime
    after = busy_seconds()
    others = None if before is None else max(0.0, after - before - own) / (wall * os.cpu_count())
    unit = 1 if platform.system() == "Darwin" else 1024
    return Run(process.returncode, wall, used.ru_maxrss * unit, own, others, lines)
