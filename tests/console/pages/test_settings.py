from pathlib import Path

from console.browsing import Browser, open_console
from facegate.config import Config, load


def test_they_are_shown_as_the_file_says_now(tmp_path: Path, people: None, config: Config) -> None:
    file = tmp_path / "facegate.toml"
    file.write_text('[listen]\nmode = "upstream:http://user:secret@proxy.example:1"\n')
    place = str(config.home)
    settings, overrides = load(file, home=place), {"home": place}
    with open_console(settings, overrides) as url, Browser(url) as rita:
        rita.log_in("rita")
        page = rita.get("/settings").text
        assert "upstream:http://proxy.example:1" in page
        assert "secret" not in page
        assert "command line" in page
        file.write_text('[policy]\nmode = "observe"\n[console]\nidle = "5m"\n')
        page = rita.get("/settings").text
        assert ":observe" in page
        assert "[console] has changed" in page
        file.write_text('[policy]\nmode = "off"\n')
        page = rita.get("/settings").text
        assert "The file has a mistake" in page
        assert "policy.mode has to be" in page


def test_operators_do_not_see_them(eve: Browser) -> None:
    assert eve.get("/settings").status_code == 403
