from facegate_addons.inspection.containers.slack import SLACK, Slack
from facegate_addons.inspection.parts import Note, Part


def test_padding_few_bytes_and_many() -> None:
    slack = Slack()
    assert not list(slack.add(bytes(9_000) + b"\r\n", "gap"))
    assert not list(slack.notes())
    assert not list(slack.add(b"\0" + b"a" * SLACK, "gap"))
    assert list(slack.add(b"\0" + b"b" * (SLACK + 1), "gap")) == [Part(b"b" * (SLACK + 1), "gap")]
    slack.note(b"name")
    (note,) = slack.notes()
    assert isinstance(note, Note)
    assert note.data == b"\0\n" + b"a" * SLACK + b"\0\nname"
