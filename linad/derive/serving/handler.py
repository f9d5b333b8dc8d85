"""One request: who asks, what for, whether it can be read, and what is answered.

A request must name this machine as its host, so a name that somebody makes point here is refused; one that a page of
another origin sends is refused as well. No path is looked up in a file system.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Collection
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NoReturn

from linad.derive.serving.form import FieldError, matrices_of
from linad.derive.serving.jobs import BusyError, LateError
from linad.derive.serving.site import FILES, POLICY
from linad.derive.serving.work import WORKS, fault, said

if TYPE_CHECKING:
    from linad.derive.serving.server import Server

REQUEST = 64 << 10  # bytes of a request's body
SECONDS = 10.0  # in which a request must have arrived
_ASKED = (*WORKS, "read")
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class RefusedError(Exception):
    """A request that is answered by a status and a sentence."""

    def __init__(self, status: HTTPStatus, fact: str, **headers: str) -> None:
        super().__init__(status, fact)
        self.status, self.fact, self.headers = status, fact, headers


class Handler(BaseHTTPRequestHandler):
    """One request of a connection, which is then closed."""

    server: Server
    server_version, sys_version = "linad", ""
    default_request_version = "HTTP/1.0"  # of a request that cannot be read: it is answered by a status too
    timeout = SECONDS  # of one wait for the client; all of them together end by the timer

    def setup(self) -> None:
        super().setup()
        self._timer = threading.Timer(SECONDS, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        with contextlib.suppress(OSError):  # it is closed already
            self.connection.shutdown(socket.SHUT_RDWR)

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):  # the client has gone
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):  # the client has gone
            super().finish()
            self._linger()
        self._timer.cancel()

    def _linger(self) -> None:
        """Take what the client still sends, up to a bound: where it is cut off it does not see the answer."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1.0)
        for _ in range(16):
            if not self.connection.recv(REQUEST):
                return

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not told; what fails is, by its traceback."""

    # -- what is asked -------------------------------------------------------------------------------------------

    def do_GET(self) -> None:
        self._guarded(self._file)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self._guarded(self._work)

    def _guarded(self, handler: Callable[[], None]) -> None:
        try:
            self._check_origin()
            handler()
        except RefusedError as refused:
            self._answer(refused.status, {"error": fault(refused.fact)}, **refused.headers)

    def _check_origin(self) -> None:
        """Refuse what is not for this machine under its own name, or not from its own page."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            raise RefusedError(
                HTTPStatus.MISDIRECTED_REQUEST, f"This server answers at {self.server.url} only."
            )
        origin = self.headers.get("Origin")
        own = {f"http://{host}" for host in self.server.hosts}
        foreign = self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if self.command == "POST" and ((origin is not None and origin not in own) or foreign):
            raise RefusedError(HTTPStatus.FORBIDDEN, "Another page than this server's own asks.")

    def _file(self) -> None:
        found = FILES.get(self.path)
        if found is None:
            self._refuse_path({f"/{name}" for name in _ASKED}, "POST")
        kind, body = found
        self._send(HTTPStatus.OK, kind, body)

    def _refuse_path(self, others: Collection[str], method: str) -> NoReturn:
        """Raise for a path that is not known, or known for another method."""
        if self.path in others:
            status = HTTPStatus.METHOD_NOT_ALLOWED
            raise RefusedError(status, f"{self.command} is not allowed here.", Allow=method)
        raise RefusedError(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _work(self) -> None:
        name = self.path.removeprefix("/")
        if self.path != f"/{name}" or name not in _ASKED:
            self._refuse_path(FILES, "GET, HEAD")
        asked = self._body()
        self._timer.cancel()
        answered = _read(asked) if name == "read" else self._job(name, asked)
        self._answer(HTTPStatus.UNPROCESSABLE_ENTITY if "error" in answered else HTTPStatus.OK, answered)

    def _body(self) -> Any:
        """The body of the request, which is JSON."""
        if self.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A request is application/json.")
        lengths = self.headers.get_all("Content-Length") or []
        if "Transfer-Encoding" in self.headers or len(lengths) != 1:
            raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "A request tells its length, once.")
        if not (lengths[0].isascii() and lengths[0].isdigit()):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "The length of the request is no number.")
        if len(lengths[0]) > 9 or int(lengths[0]) > REQUEST:
            fact = f"The request has more than the {REQUEST} bytes that are allowed."
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, fact)
        body = self.rfile.read(int(lengths[0]))
        if len(body) < int(lengths[0]):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "The request is shorter than it says.")
        try:
            text = body.decode("utf-8")
            asked = json.loads(text)
            json.dumps(asked, ensure_ascii=False).encode("utf-8")  # half a character is none
        except (ValueError, RecursionError) as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "The request is no JSON that can be read.") from error
        return asked

    def _job(self, name: str, asked: Any) -> dict[str, Any]:
        jobs = self.server.jobs
        try:
            return jobs.run(name, asked)
        except BusyError:
            fact = f"{jobs.limits.at_once} derivations are running already; try again when one has ended."
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, fact, **{"Retry-After": "2"}) from None
        except LateError:
            fact = f"It took longer than {jobs.limits.seconds:g} seconds, and was stopped."
            raise RefusedError(HTTPStatus.GATEWAY_TIMEOUT, fact) from None

    # -- what is answered ----------------------------------------------------------------------------------------

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Of a request that cannot be read: its own words are not repeated."""
        self._answer(HTTPStatus(code), {"error": fault(f"{HTTPStatus(code).phrase}.")})

    def _answer(self, status: HTTPStatus, content: Any, **headers: str) -> None:
        self._send(status, "application/json", json.dumps(content).encode("ascii"), **headers)

    def _send(self, status: HTTPStatus, kind: str, body: bytes, **headers: str) -> None:
        self.close_connection = True
        self.send_response(status)
        sizes = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
        for key, value in {**_HEADERS, **sizes, **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _read(asked: Any) -> dict[str, Any]:
    """The matrices in the equations of a form, while it is written."""
    if not isinstance(asked, dict) or not isinstance(asked.get("equations"), str):
        return {"error": fault("There are no equations.")}
    try:
        matrices = matrices_of(asked["equations"])
    except FieldError as error:
        return {"error": said(error)}
    return {"matrices": [{"name": name, "given": given} for name, given in matrices.items()]}
