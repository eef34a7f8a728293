from collections.abc import Callable
from random import Random

import pytest
from facegate_addons.domain.model import Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.text.mosaic import mosaic

Look = Callable[..., Verdict]
SIDE = 24
RANDOM = Random(7)


def drawn(cell: str, before: str = "", behind: str = "") -> bytes:
    """A mosaic of SIDE x SIDE cells; {c} is a shade, {x} and {y} the place."""
    shades = [f"#{level:02x}{level:02x}{level:02x}" for level in range(0, 256, 16)]
    cells = (cell.format(c=RANDOM.choice(shades), x=i % SIDE, y=i // SIDE) for i in range(SIDE * SIDE))
    return f"{before}{''.join(cells)}{behind}".encode()


CELLS = [
    "<rect x='{x}' y='{y}' width='1' height='1' fill='{c}'/>",
    "<circle cx='{x}' cy='{y}' r='.6' style='fill:{c}'/>",
    "<use href='#a' x='{x}' y='{y}' fill='{c}'/>",
    "<polygon points='{x},{y} 1,1 2,2' fill='{c}'/>",
    "<line x1='{x}' y1='{y}' x2='9' y2='9' stroke='{c}'/>",
    "<path fill='{c}' d='M{x} {y}h1v1h-1z'/>",
    "<text><tspan x='{x}' y='{y}' fill='{c}'>o</tspan></text>",
    "<td bgcolor={c}></td>",
    '<i style="background:{c}"></i>',
    "<b style='background-color:{c}'></b>",
    "<font color={c}>\u2588</font>",
    "<stop offset='{x}' stop-color='{c}'/>",
]


@pytest.mark.parametrize("cell", CELLS)
def test_mosaics(cell: str, look: Look) -> None:
    data = drawn(cell, "<svg xmlns='http://www.w3.org/2000/svg'>", "</svg>")
    assert mosaic(data)
    assert look(data) == Unreadable(Reason.UNSUPPORTED_TYPE, "mosaic")


def test_shades_by_class() -> None:
    classes = "<style>" + "".join(f".c{n}{{fill:rgb({n},{n},{n})}}" for n in range(0, 256, 16)) + "</style>"
    assert mosaic(drawn("<rect class='c{x}' x='{x}' y='{y}'/>", classes))


def test_one_declaration() -> None:
    assert mosaic(drawn("{x}px {y}px {c},", "i{{box-shadow:") * 2)
    assert mosaic(drawn("linear-gradient({c},{c}) {x}px {y}px,", "i{background:", "}"))


def test_one_path() -> None:
    dots = "".join(f"M{n % 99} {n // 99}h1v1h-1z" for n in range(9_000))
    assert mosaic(f"<svg><path d='{dots}'/></svg>".encode())


def test_ordinary_drawings() -> None:
    chart = "<rect x='{x}' y='{y}' width='1' height='1' fill='steelblue'/>"
    assert not mosaic(drawn(chart))  # one colour
    assert not mosaic(drawn(CELLS[0])[: 300 * 50])  # few cells
    assert not mosaic(drawn("<path d='M{x} {y}c1.1 2.2 3.3 4.4 5.5 6.6 7.7 8.8 9.9 1.1 2.2 3.3 4.4 5.5' fill='{c}'/>"))
    assert not mosaic(drawn('<span style="color:{c}">word</span> '))  # highlighted code
    assert not mosaic(b"a{box-shadow:0 0 1px #000,0 0 2px #111}" * 2_000)
    assert not mosaic(
        b"linear-gradient() background: [Nullable(Str), null],\n" + b"  lines_alpha: [Alpha, null],\n" * 999
    )
    code = "".join(f"M{n % 40} {n // 40}h1v1h-1z" for n in range(1_600))
    assert not mosaic(f"<svg><path d='{code}'/></svg>".encode())


def test_many_whatever_their_colours() -> None:
    assert mosaic(b"<rect/>" * 2_001)
    assert not mosaic(b"<rect/>" * 1_999)


def test_gradients_for_rows() -> None:
    stops = ",".join(f"rgb({n},{n},{n}) {n}%" for n in range(40))
    rows = "".join(f'<i style="background:linear-gradient(90deg,{stops})"></i>' for _ in range(12))
    assert mosaic(rows.encode())
    assert not mosaic(b"a{background:linear-gradient(rgb(1,2,3),#fff 50%,red)}" * 100)


def test_a_filter_that_permutes_levels() -> None:
    table = " ".join(f"{n * 101 % 256 / 255:.3f}" for n in range(256))
    svg = "<feComponentTransfer><feFuncR type='discrete' tableValues='%s'/></feComponentTransfer>"
    assert mosaic((svg % table).encode())
    assert not mosaic((svg % "0 .2 .4 1").encode() * 40)
