"""What is printed survives any encoding, a reader that leaves, and a full disk."""

import io
import os

import pytest

from linad.check.report.printing import say


@pytest.mark.parametrize(
    ("encoding", "printed"), [("ascii", rb"gr\xf6\xdfe \u03c9"), ("utf-8", "größe ω".encode())]
)
def test_what_the_stream_cannot_encode_is_escaped(encoding, printed):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    say("größe ω", stream)
    assert raw.getvalue() == printed + b"\n"


def test_a_reader_that_has_left_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:
        say("nobody reads this", stream)
        say("nor this", stream)


class Full(io.StringIO):
    encoding = "utf-8"

    def write(self, text):
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_one_line_and_status_2(capsys):
    with pytest.raises(SystemExit) as stopped:
        say("text", Full())
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "linad: the output cannot be written: No space left on device\n"
