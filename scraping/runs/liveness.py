"""Decides whether a running run is dead: by its process if that runs on this host, otherwise by its heartbeat."""

import os
import socket
from datetime import timedelta
from pathlib import Path

import psutil
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from scraping.models import ScrapeRun

HEARTBEAT_TIMEOUT = timedelta(seconds=30)
# A process of this host that is alive but sends no heartbeat for this long has lost its run: for example, the database
# was unavailable when the run ended.
HUNG_PROCESS_TIMEOUT = timedelta(minutes=2)


def is_dead(run: ScrapeRun) -> bool:
    """Checks the process if it runs on this host. Otherwise only the heartbeat shows whether a run is alive.

    A heartbeat far in the future was sent before the clock of the database was set back, so it counts as old.
    """
    silence = abs(measure_silence(run))
    if run.host == describe_host():
        return silence > HUNG_PROCESS_TIMEOUT or has_exited(run.process_id, run.process_started)
    return silence > HEARTBEAT_TIMEOUT


def measure_silence(run: ScrapeRun) -> timedelta:
    """The time since the last heartbeat. Both times are the database's, because the clocks of hosts differ."""
    silence = ExpressionWrapper(Now() - F("heartbeat_at"), output_field=DurationField())
    measured: timedelta = ScrapeRun.objects.filter(pk=run.pk).values_list(silence, flat=True).get()
    return measured


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
