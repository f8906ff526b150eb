"""Errors of sending."""


class SendingFailed(Exception):
    """The message is one line that the owner of the channel reads, without secrets.

    `permanent`: this message will not be accepted. `gone`: the address no longer exists. `is_ours`: the fault is
    Colophon's, so that it does not count against the channel. `retry_after`: seconds that the receiver asks to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        is_ours: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.permanent = permanent
        self.gone = gone
        self.is_ours = is_ours
