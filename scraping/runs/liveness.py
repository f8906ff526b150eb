"""Identifies the process of a run, and checks whether it is still running."""

import os
import socket
from pathlib import Path

import psutil


def describe_process() -> dict[str, object]:
    """The fields of ScrapeRun that identify this process."""
    return {"host": describe_host(), "process_id": os.getpid(), "process_started": psutil.Process().create_time()}


def describe_host() -> str:
    """The host name and, on Linux, the boot id and the process namespace, because process ids are unique only there."""
    parts = [socket.gethostname()]
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if boot.exists():
        parts += [boot.read_text(encoding="ascii").strip(), str(namespace.readlink())]
    return " ".join(parts)


def has_exited(process_id: int, started: float) -> bool:
    """Whether a process of this host has ended. `started` is needed because the system reuses process ids."""
    try:
        process = psutil.Process(process_id)
        is_other_process = abs(process.create_time() - started) > 1
        return is_other_process or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
