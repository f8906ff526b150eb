"""A clock of the database that tests set, so that rates and pauses do not depend on real time."""


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now
