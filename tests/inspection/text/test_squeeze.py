import pytest
from facegate_addons.inspection.text.squeeze import joins, squeeze
from hypothesis import given
from hypothesis import strategies as st

RUN = b"iVBORw0KGgo" * 10


@pytest.mark.parametrize(
    "written",
    [
        b"\r\n".join(RUN[at : at + 10] for at in range(0, 110, 10)),
        b"".join(b"&#%d;" % byte for byte in RUN),
        b"".join(b"%%%02x" % byte for byte in RUN),
        b"".join(b"\\x%02x" % byte for byte in RUN),
        b"".join(b"\\u00%02x" % byte for byte in RUN),
        b"".join(b"\\u{%02x}" % byte for byte in RUN),
        RUN[:50] + b"\\2f " * 9 + RUN[50:] + b"\\00002B" * 3,
        b"".join(b"\ndata: %c" % byte for byte in RUN),
    ],
)
def test_a_broken_run_is_one_again(written: bytes) -> None:
    assert squeeze(written).replace(b"/", b"").replace(b"+", b"") == RUN
    assert joins(b"(of, a)" + written, 100)


@pytest.mark.parametrize("joint", [b"' + '", b"'.'", b"' &\n '", b'" + "', b"`+`"])
def test_literals_are_joined(joint: bytes) -> None:
    assert squeeze(joint.join([RUN, RUN])) == RUN * 2
    assert joins(joint.join([RUN, RUN]), 200)


def test_nothing_joins_numbers_and_scripts() -> None:
    assert not joins(b"12.5,7.25,\n" * 99, 200)
    assert not joins(b"function words(of, a) { return 'script' + of.it }\n" * 99, 200)


@given(st.binary(max_size=2000))
def test_never_raises(data: bytes) -> None:
    squeeze(data)
