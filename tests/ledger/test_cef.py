import re

from facegate.ledger.cef import as_cef
from hypothesis import given
from hypothesis import strategies as st

ENTRY = {"at": "2026-03-01T12:00:00+00:00", "event": "exchange", "action": "quarantine", "job": "crawl", "seq": 7,
         "url": "https://x/?a=1|2\\3", "hash": "ab", "ledger": "gateway-0", "status": 451, "faces": 0}  # fmt: skip


def test_a_line() -> None:
    found = as_cef(ENTRY)
    assert found.startswith("CEF:0|facegate|facegate|")
    assert "|exchange|exchange|3|rt=1772366400000 act=quarantine request=https://x/?a\\=1|2\\\\3 " in found
    assert "cs1Label=job cs1=crawl" in found
    assert "cn1Label=seq cn1=7 cn2Label=status cn2=451" in found
    assert as_cef({"damaged": True, "line": 3}).split("|")[4:7] == ["ledger-line-damaged", "ledger-line-damaged", "10"]


@given(st.dictionaries(st.sampled_from(["event", "url", "job", "why", "by", "detail", "at", "hash"]), st.text()))
def test_whatever_stands_in_it_is_one_line_and_no_other_field(entry: dict[str, str]) -> None:
    found = as_cef(entry)
    assert len(found.splitlines()) <= 1
    found.encode()
    unescaped = re.sub(r"\\.", "", found)
    assert unescaped.split("|", 7)[0] == "CEF:0"
    keys = re.findall(r"(?:^| )([A-Za-z0-9]+)=", unescaped.split("|", 7)[7])
    assert len(keys) == len(set(keys))
