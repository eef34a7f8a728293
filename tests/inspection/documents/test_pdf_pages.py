import pypdfium2
import pytest
from facegate_addons.detection.picture import Picture
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Spent, Unread
from facegate_addons.inspection.documents.pdf_pages import SHORT, attachments, opened, pages


def blank(count: int, width: float = 600, height: float = 800) -> pypdfium2.PdfDocument:
    document = pypdfium2.PdfDocument.new()
    for _ in range(count):
        document.new_page(width, height).close()
    return document


def test_pages_without_pictures_are_not_drawn() -> None:
    document = blank(3)
    assert list(pages(document, Budget(Limits()), set(), every=False)) == []
    shown = list(pages(document, Budget(Limits()), set(), every=True))
    assert [picture.where for picture in shown if isinstance(picture, Picture)] == ["page 1", "page 2", "page 3"]
    assert all(max(picture.rgb.shape) == SHORT for picture in shown if isinstance(picture, Picture))
    document.close()


def test_limits() -> None:
    document = blank(9)
    with pytest.raises(Spent):
        list(pages(document, Budget(Limits(frames=5)), set(), every=True))
    document.close()
    document = blank(1, 14_000, 1)
    (picture,) = pages(document, Budget(Limits()), set(), every=True)
    assert isinstance(picture, Picture)
    assert picture.rgb.shape[1] == SHORT
    document.close()


def test_what_does_not_open() -> None:
    with pytest.raises(Unread) as unread:
        opened(b"no document")
    assert unread.value.why is Reason.UNDECODABLE


def test_attachments() -> None:
    document = blank(1)
    document.new_attachment("a.bin").set_data(b"attached")
    assert [part.data for part in attachments(document, Budget(Limits()))] == [b"attached"]
    document.close()
