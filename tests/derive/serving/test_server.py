"""The server answers this machine and its own page only, within limits, and survives what it refuses."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest

from linad import cli
from linad.derive.serving import handler as handler_module
from linad.derive.serving.handler import REQUEST
from linad.derive.serving.jobs import BusyError, Jobs, LateError, Limits
from linad.derive.serving.server import CONNECTIONS, Server
from linad.derive.serving.site import POLICY
from tests.derive.serving.test_form import form, matrix

JSON = {"Content-Type": "application/json"}


@contextmanager
def serving(limits=None):
    server = Server(0, limits)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def server():
    with serving() as made:
        yield made
        assert ask(made, "GET", "/")[0] == 200  # after all that was asked of it


def ask(server, method, path, body=None, headers=None):
    """The status, the headers and the body of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)) as connection:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def post(server, path, content, **headers):
    status, _, body = ask(server, "POST", path, json.dumps(content), JSON | headers)
    return status, json.loads(body)


def raw(server, request):
    """What comes back for bytes that need be no request."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


# -- what is answered --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/style.css", "/script.js"])
def test_pages_come_with_a_policy_that_allows_only_themselves(server, path):
    status, headers, body = ask(server, "GET", path)
    assert status == 200
    assert int(headers["Content-Length"]) == len(body)
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Python" not in headers["Server"]


def test_a_head_has_no_body(server):
    status, headers, body = ask(server, "HEAD", "/")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


def test_a_derivation_comes_back(server):
    status, answer = post(server, "/derive", form())
    assert status == 200
    assert answer["html"].startswith("<article><h1>lu</h1>")


def test_numbers_come_back(server):
    status, answer = post(server, "/verify", form())
    assert status == 200
    assert "All laws hold." in answer["html"]


def test_matrices_are_read_from_equations(server):
    status, answer = post(server, "/read", {"equations": "L @ U = A"})
    assert status == 200
    assert answer["matrices"][-1] == {"name": "A", "given": True}


def test_an_error_in_an_equation_comes_back_with_its_place(server):
    status, answer = post(server, "/read", {"equations": "L @ U = \0"})
    assert status == 422
    assert (answer["error"]["field"], answer["error"]["start"]) == ("equations", 8)


# -- who is answered ---------------------------------------------------------------------------------------------


def test_it_listens_on_this_machine_only(server):
    assert server.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", "evil.example:{port}", ""]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_was_made_to_point_here_is_refused(server, host, method):
    headers = {"Host": host.format(port=server.server_port)} | JSON
    assert ask(server, method, "/" if method == "GET" else "/read", "{}", headers)[0] == 421


def test_a_request_without_a_host_or_with_two_is_refused(server):
    own = f"Host: 127.0.0.1:{server.server_port}\r\n"
    for hosts in ("", own * 2):
        assert b" 421 " in raw(server, f"GET / HTTP/1.1\r\n{hosts}\r\n".encode()).splitlines()[0]


def test_localhost_is_this_machine(server):
    assert ask(server, "GET", "/", None, {"Host": f"LocalHost:{server.server_port}"})[0] == 200


@pytest.mark.parametrize(
    "header", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_pages_of_others_are_refused(server, header):
    assert post(server, "/read", {"equations": "A = B"}, **header)[0] == 403
    assert post(server, "/read", {"equations": "A = B"}, Origin=server.url.rstrip("/"))[0] == 200


# -- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/index.html", "/style.css/", "/?x", "/form.js",
     "/\\..\\x", "/%00", "*"],
)  # fmt: skip
def test_a_path_is_looked_up_in_a_table_and_nowhere_else(server, path):
    status, headers, body = ask(server, "GET", path)
    assert status == 404
    assert headers["Content-Type"] == "application/json"
    assert b"passwd" not in body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/derive", 405), ("POST", "/", 405), ("POST", "/nothing", 404), ("POST", "derive", 404), ("PUT", "/", 501),
     ("DELETE", "/", 501), ("OPTIONS", "/derive", 501), ("TRACE", "/", 501), ("CONNECT", "/", 501), ("<b>", "/", 501)],
)  # fmt: skip
def test_other_methods_are_refused(server, method, path, status):
    found, headers, body = ask(server, method, path, None, JSON)
    assert found == status
    assert (headers["Allow"] is not None) == (status == 405)
    assert b"<b>" not in body
    assert headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, "{}", 415),
        ({}, "{}", 415),
        (JSON | {"Content-Length": str(REQUEST + 1)}, "", 413),
        (JSON | {"Content-Length": "9" * 5000}, "", 413),
        (JSON | {"Content-Length": "-1"}, "", 400),
        (JSON | {"Content-Length": "\xb2"}, "", 400),
        (JSON | {"Transfer-Encoding": "chunked"}, "", 411),
        (JSON, b"\xff\xfe", 400),
        (JSON, "{", 400),
        (JSON, "", 400),
        (JSON, "[" * 30_000, 400),
        (JSON, "[" * 30_000 + "]" * 30_000, 400),
        (JSON, "9" * 10_000, 400),
        (JSON, '{"equations": "\\ud800"}', 400),
        (JSON, '{"equations": 1}', 422),
        (JSON, "[]", 422),
        (JSON, "null", 422),
        (JSON, json.dumps({"equations": "(" * 60_000}), 422),
        (JSON, json.dumps({"equations": "A = " + "\u202e" * 5000}), 422),
        (JSON, json.dumps({"equations": "<script>alert(1)</script>"}), 422),
    ],
)  # fmt: skip
def test_hostile_requests_get_a_clear_error(server, headers, body, status):
    found, answered, text = ask(server, "POST", "/read", body, headers)
    assert found == status
    assert answered["Content-Type"] == "application/json"
    assert json.loads(text)["error"]["fact"]


def test_a_body_that_is_too_large_is_refused_while_it_is_sent(server):
    found, _, text = ask(server, "POST", "/read", b"x" * (4 * REQUEST), JSON)
    assert found == 413
    assert str(REQUEST) in json.loads(text)["error"]["fact"]


def test_a_body_that_ends_early_is_refused(server):
    head = (
        f"POST /read HTTP/1.1\r\nHost: localhost:{server.server_port}\r\nContent-Type: application/json\r\n"
    )
    assert b" 400 " in raw(server, f"{head}Content-Length: 9\r\n\r\n{{}}".encode()).splitlines()[0]
    twice = "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"
    assert b" 411 " in raw(server, (head + twice).encode()).splitlines()[0]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"\0\1\2\3\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
    ],
)
def test_what_is_no_request_is_refused_and_not_repeated(server, request_, status):
    answer = raw(server, request_)
    assert answer.split(None, 2)[:2] == [b"HTTP/1.0", status]
    assert b"aaaa" not in answer


def test_a_client_that_leaves_does_no_harm(server, capfd):
    for request in (b"", b"POST /derive HTTP/1.1\r\nHost: x", b"GET / HTTP/1.1\r\n"):
        with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
            connection.sendall(request)
    assert ask(server, "GET", "/")[0] == 200
    assert "Traceback" not in capfd.readouterr().err


# -- limits ------------------------------------------------------------------------------------------------------


def test_a_client_that_is_slow_is_cut_off(monkeypatch):
    monkeypatch.setattr(handler_module, "SECONDS", 0.1)
    with serving() as server, socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert slow.recv(100) == b""


def test_more_connections_than_there_is_room_for_are_closed(server):
    held = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(CONNECTIONS)]
    try:
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as one_more:
            assert one_more.recv(100) == b""
    finally:
        for connection in held:
            connection.close()
    while not server._room.acquire(blocking=False):  # until those that left have been seen to
        time.sleep(0.001)
    server._room.release()


@contextmanager
def jobs(**limits):
    with closing(Jobs(Limits(**limits))) as made:
        yield made


def test_work_that_takes_too_long_is_ended():
    with jobs(seconds=0.02) as own:
        with pytest.raises(LateError):
            own.run("verify", form())
        assert not own._running


def test_work_that_needs_too_much_memory_says_so():
    large = form("X = (A + B)^8", matrix("X"), matrix("A", given=True), matrix("B", given=True))
    with jobs(memory=128 << 20) as own:  # less than what is imported
        assert "more memory" in own.run("derive", large)["error"]["fact"]


def test_a_process_that_waits_and_dies_is_replaced(server):
    server.jobs._spare.kill()
    server.jobs._spare.wait()
    status, answer = post(server, "/derive", form("L = A", matrix("L", rows=""), matrix("A", given=True)))
    assert (status, answer["error"]["field"]) == (422, "matrices.0.rows")


def test_no_more_jobs_run_than_may():
    with jobs(at_once=1) as own, own._room, pytest.raises(BusyError):
        own.run("derive", form())


def test_what_may_not_run_is_told(server, monkeypatch):
    for error, status in ((BusyError, 503), (LateError, 504)):

        def refuses(*_, error=error):
            raise error

        monkeypatch.setattr(server.jobs, "run", refuses)
        found, answer = post(server, "/derive", form())
        assert found == status
        assert answer["error"]["fact"]


def test_closing_ends_what_runs_and_what_waits():
    own = Jobs(Limits())
    spare = own._spare
    found = []
    running = threading.Thread(target=lambda: found.append(own.run("derive", form())))
    running.start()
    while own._spare is spare:
        time.sleep(0.001)
    own.close()
    running.join()
    assert spare.returncode == -signal.SIGKILL
    assert "was ended" in found[0]["error"]["fact"]
    assert own._spare is None


# -- the command -------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_told(server, capsys):
    assert cli.main(["derive", "--serve", "--port", str(server.server_port)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"linad derive: port {server.server_port} of 127.0.0.1 cannot be listened on")
    assert cli.main(["derive", "--serve", "--port", "70000"]) == 2
    assert "cannot be listened on" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["lu", "--serve"], ["--serve", "--list"], ["--port", "1"], ["lu", "--open"]]
)
def test_what_does_not_go_together_is_a_misuse(arguments, capsys):
    assert cli.main(["derive", *arguments]) == 2
    assert "--serve" in capsys.readouterr().err


def test_ctrl_c_ends_it_and_its_jobs(monkeypatch, capsys):
    def interrupted(self):
        raise KeyboardInterrupt

    opened = []
    monkeypatch.setattr(Server, "serve_forever", interrupted)
    monkeypatch.setattr(cli.deriving.webbrowser, "open", opened.append)
    assert cli.main(["derive", "--serve", "--port", "0", "--open"]) == 0
    url = capsys.readouterr().out.splitlines()[0]
    assert opened == [url]


@pytest.mark.slow
def test_the_command_serves_until_ctrl_c_and_leaves_no_process():
    command = [sys.executable, "-m", "linad", "derive", "--serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        port = int(url.rstrip("/").rpartition(":")[2])
        found = type("", (), {"server_port": port})
        assert post(found, "/derive", form())[0] == 200
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        ask(found, "GET", "/")
