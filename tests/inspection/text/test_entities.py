import pytest
from facegate_addons.inspection.text.entities import EXPANDED, Excessive, expanded

CODE = b"iVBORw0KGgo9" * 70


def document(declared: bytes, content: bytes) -> bytes:
    return b"<!DOCTYPE a [" + declared + b"]><a b='" + content + b"'/>"


def test_pieces_in_another_order() -> None:
    pieces = [CODE[at : at + 60] for at in range(0, len(CODE), 60)]
    declared = b"".join(b'<!ENTITY e%d "%s">' % (at, pieces[at]) for at in reversed(range(len(pieces))))
    content = b"".join(b"&e%d;" % at for at in range(len(pieces)))
    assert b"'" + CODE + b"'" in expanded(document(declared, content))


def test_entities_within_entities_and_within_parameters() -> None:
    nested = document(b"<!ENTITY a 'x'><!ENTITY b '&a;y'><!ENTITY c \"&b;z\">", b"&c;&c;")
    assert b"b='xyzxyz'" in expanded(nested)
    hidden = document(b"<!ENTITY % d \"<!ENTITY t '&#38;#9;'>\"> %d;", b"A&t;B")
    assert b"b='A\tB'" in expanded(hidden)
    assert b"b='one'" in expanded(document(b"<!ENTITY a 'one'><!ENTITY a 'two'>", b"&a;"))


@pytest.mark.parametrize(
    "declared",
    [
        b"<!ENTITY a '&a;'>",
        b"<!ENTITY a '&b;'><!ENTITY b '&a;'>",
        b"<!ENTITY % p '%p;'> %p;<!ENTITY a ''>",
        b"<!ENTITY a '" + b"x" * 65_536 + b"'><!ENTITY b '" + b"&a;" * (EXPANDED >> 16) + b"&a;'>",
    ],
)
def test_what_stands_for_too_much_or_for_itself_is_refused(declared: bytes) -> None:
    with pytest.raises(Excessive):
        expanded(document(declared, b"&a;&b;&b;"))


def test_what_declares_none_or_uses_none_stays() -> None:
    for text in (b"<p>&amp;&nbsp;&x;</p>", document(b"<!ENTITY a 'x'>", b"&lt;"), b"<!ENTITY a SYSTEM 'b'>&a;"):
        assert expanded(text) == text


def test_parameters_that_never_end_are_refused() -> None:
    chain = b"".join(b"<!ENTITY &#37; p%d '%%p%d;'>" % (at, at + 1) for at in range(3))
    assert expanded(document(chain, b"x")) == document(chain, b"x")
    deep = b"".join(b"<!ENTITY %% p%d '%%p%d;'>" % (at, at + 1) for at in range(40)) + b"<!ENTITY % p40 ''>%p0;"
    with pytest.raises(Excessive):
        expanded(document(deep, b"x"))


def test_what_is_no_declaration_declares_nothing() -> None:
    decoy = '<!ENTITY e "no">'
    for hidden in (f"<!--{decoy}-->", f"<?q {decoy}?>", f"<!ATTLIST a b CDATA '{decoy}'>"):
        text = f'<!DOCTYPE a [{hidden}<!ENTITY e "yes">]><a>&e;</a>'
        assert expanded(text.encode()).endswith(b"<a>yes</a>")


def test_names_may_be_long() -> None:
    name = "e" * 3_000
    assert expanded(f'<!DOCTYPE a [<!ENTITY {name} "yes">]><a>&{name};</a>'.encode()).endswith(b"<a>yes</a>")
