"""Tells whether the process that executes a run is still there."""

import os
import socket
from pathlib import Path

import psutil


def this_process() -> dict[str, object]:
    """Names this process, as ScrapeRun keeps it."""
    return {"host": this_host(), "process_id": os.getpid(), "process_started": psutil.Process().create_time()}


def this_host() -> str:
    """Names the machine and, where the kernel tells, its boot and process namespace: ids mean nothing beyond them."""
    parts = [socket.gethostname()]
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if boot.exists():
        parts += [boot.read_text(encoding="ascii").strip(), str(namespace.readlink())]
    return " ".join(parts)


def is_gone(process_id: int, started: float) -> bool:
    """Whether the process of this host ended. Its id alone says nothing: ids are used again."""
    try:
        process = psutil.Process(process_id)
        is_another = abs(process.create_time() - started) > 1
        return is_another or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
