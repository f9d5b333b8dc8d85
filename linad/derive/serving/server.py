"""The server: it listens on 127.0.0.1, has room for so many connections, and ends its jobs when it ends."""

from __future__ import annotations

import contextlib
import threading
from http.server import ThreadingHTTPServer
from typing import Any

from linad.derive.serving.handler import Handler
from linad.derive.serving.jobs import Jobs, Limits
from linad.errors import OptionError

ADDRESS, PORT = "127.0.0.1", 8017
CONNECTIONS = 32  # at once


class Server(ThreadingHTTPServer):
    """Listens on a port of this machine; port 0 takes one that is free."""

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, port: int = 0, limits: Limits | None = None) -> None:
        self.jobs = Jobs(limits or Limits())
        self._room = threading.BoundedSemaphore(CONNECTIONS)
        try:
            super().__init__((ADDRESS, port), Handler)
        except (OSError, OverflowError) as error:
            raise OptionError(
                "derive",
                f"port {port} of {ADDRESS} cannot be listened on: {getattr(error, 'strerror', None) or error}.",
                "Take another one: --port N; 0 takes one that is free.",
            ) from error

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self.server_port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What a request may name as its host."""
        ports = (f":{self.server_port}",) + (("",) if self.server_port == 80 else ())
        return frozenset(f"{name}{port}" for name in (ADDRESS, "localhost") for port in ports)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for a connection, if there is room for one more; else it is closed."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # there is no thread to give the room back
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def server_close(self) -> None:
        super().server_close()
        self.jobs.close()


def serve(server: Server) -> None:
    """Answer until Ctrl-C."""
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
