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
    """`mails` has the messages in the order of their arrival. `rejects` makes it refuse all recipients."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mails: Queue[EmailMessage] = Queue()
        self.rejects = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Session(StreamRequestHandler):
    def handle(self) -> None:
        self.reply("220 ready")
        while command := self.rfile.readline().decode("ascii").strip().upper():
            if command.startswith("QUIT"):
                self.reply("221 bye")
                return
            self.answer(command)

    def answer(self, command: str) -> None:
        server = cast("MailServer", self.server)
        if command.startswith("RCPT") and server.rejects:
            self.reply("550 no such mailbox")
        elif command.startswith("DATA"):
            self.reply("354 go ahead")
            server.mails.put(message_from_bytes(self.read_data(), policy=policy.default))
            self.reply("250 queued")
        else:
            self.reply("250 ok")

    def read_data(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)

    def reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode("ascii"))


@contextmanager
def receiving_mail() -> Iterator[MailServer]:
    """Receives mail in a thread."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
