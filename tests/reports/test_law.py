import re
from pathlib import Path

from facegate.reports.law import ASKED

TEMPLATE = Path(__file__).parents[2] / "proxy/facegate/reports/templates/report.html"


def test_every_answer_is_a_section_of_the_page() -> None:
    headings = dict(re.findall(r'<h2 id="([a-z-]+)">([^<]+)</h2>', TEMPLATE.read_text()))
    for ask in ASKED:
        assert ask.sections
        for anchor, heading in ask.sections:
            assert headings[anchor] == heading
