"""An SMTP server on loopback that keeps the mails it receives (the commands of RFC 5321 that smtplib sends)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import cast


class MailServer(ThreadingTCPServer):
    """`mails` has the messages in the order of their arrival.

    `replies` are faults by the command of RFC 5321; `.` is the end of the message. An empty reply ends the connection.
    """

    daemon_threads = True
    block_on_close = False

    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.mails: Queue[EmailMessage] = Queue()
        self.replies: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Session(StreamRequestHandler):
    def handle(self) -> None:
        self.reply("220 ready")
        while command := self.rfile.readline().decode("ascii").strip().upper():
            name = command[:4]
            fault = cast("MailServer", self.server).replies.get(name)
            if not (self.answer(name) if fault is None else self.reply(fault)):
                return

    def answer(self, name: str) -> bool:
        if name == "DATA":
            self.reply("354 go ahead")
            return self.receive_mail()
        return self.reply("221 bye" if name == "QUIT" else "250 ok") and name != "QUIT"

    def receive_mail(self) -> bool:
        """Keeps a mail that is accepted, also if the client does not learn so."""
        server = cast("MailServer", self.server)
        mail = message_from_bytes(self.read_data(), policy=policy.default)
        reply = server.replies.get(".", "250 queued")
        if not reply.startswith(("4", "5")):
            server.mails.put(mail)
        return self.reply(reply)

    def read_data(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)

    def reply(self, text: str) -> bool:
        """Returns False for an empty text, which ends the connection."""
        if text:
            self.wfile.write(f"{text}\r\n".encode("ascii"))
        return bool(text)


@contextmanager
def receiving_mail(port: int = 0) -> Iterator[MailServer]:
    """Receives mail in a thread. The system chooses the port 0."""
    with MailServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
