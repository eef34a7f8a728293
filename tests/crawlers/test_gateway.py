import base64
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy_facegate import NoGateway
from scrapy_facegate.gateway import FOUND, Gateway, find, force

LICENCE = Path(__file__).parents[2] / "LICENSE"
URL = "http://job:s%2Fcret@gw.example:8080"


def test_credentials_leave_the_address_and_no_text_shows_them() -> None:
    found = find(Settings({"FACEGATE_PROXY_URL": URL}), {})
    assert (found.address, found.job, found.token) == ("http://gw.example:8080", "job", "s/cret")
    assert found.with_credentials == URL
    assert base64.b64decode(found.authorization.partition(b" ")[2]) == b"job:s/cret"
    assert "cret" not in repr(found)


def test_the_environment_comes_first_and_parts_may_come_apart() -> None:
    settings = Settings({"FACEGATE_PROXY_URL": URL, "FACEGATE_TOKEN": "of settings"})
    found = find(settings, {"FACEGATE_PROXY_URL": "[2001:db8::1]:8080", "FACEGATE_JOB": "other"})
    assert (found.address, found.job, found.token) == ("http://[2001:db8::1]:8080", "other", "of settings")


def test_a_token_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    settings = Settings({"FACEGATE_PROXY_URL": "http://job@gw:1", "FACEGATE_TOKEN_FILE": str(file)})
    assert find(settings, {}).token == ""  # it may be a registration that writes it
    file.write_text("kept\n")
    assert find(settings, {}).token == "kept"
    assert find(settings, {"FACEGATE_TOKEN": "said"}).token == "said"


def test_the_last_word_is_the_addons() -> None:
    settings = Settings()
    force(settings, "ONE", 1)
    settings.set("TWO", 1, "cmdline")
    force(settings, "TWO", 2)
    assert (settings["ONE"], settings["TWO"]) == (1, 2)


def test_without_a_job_there_are_no_credentials() -> None:
    found = find(Settings({"FACEGATE_PROXY_URL": "http://gw:1"}), {})
    assert (found.authorization, found.with_credentials) == (b"", "http://gw:1")


def test_what_the_addon_found_stands() -> None:
    gateway = Gateway("http://gw:1")
    assert find(Settings({FOUND: gateway, "FACEGATE_PROXY_URL": URL}), {}) is gateway


def test_the_authority_is_read_and_holds_certificates(tmp_path: Path) -> None:
    pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
    file = tmp_path / "ca.pem"
    file.write_text(f"a comment\n{pem}{pem}")
    assert find(Settings(), {"FACEGATE_PROXY_URL": "gw:1", "FACEGATE_CA": str(file)}).certificates == [pem.strip()] * 2


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "set FACEGATE_PROXY_URL"),
        ({"FACEGATE_PROXY_URL": "http://job:s3cret@:8080"}, "is no address"),
        ({"FACEGATE_PROXY_URL": "http://job:s3cret@gw:port"}, "is no address"),
        ({"FACEGATE_PROXY_URL": "socks5://job:s3cret@gw:1"}, "begins with socks5://"),
        ({"FACEGATE_PROXY_URL": "gw:1", "FACEGATE_TOKEN": "s3cret"}, "set FACEGATE_JOB"),
        ({"FACEGATE_PROXY_URL": "gw:1", "FACEGATE_CA": "/gone.pem"}, "cannot be read: FileNotFoundError"),
        ({"FACEGATE_PROXY_URL": "gw:1", "FACEGATE_CA": str(LICENCE)}, "no certificate in it"),
        ({"FACEGATE_PROXY_URL": "gw:1", "FACEGATE_TOKEN_FILE": "/"}, "FACEGATE_TOKEN_FILE cannot be read"),
    ],
)
def test_what_cannot_be_is_said_without_the_token(said: dict[str, str], message: str) -> None:
    with pytest.raises(NoGateway, match=message) as caught:
        find(Settings(), said)
    assert "s3cret" not in str(caught.value)
    assert (
        caught.value.__context__ is None
        or caught.value.__suppress_context__
        or "s3cret" not in repr(caught.value.__context__)
    )
