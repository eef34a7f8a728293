from facegate.console.cookies import cookie_name, drop_cookie, set_cookie
from starlette.datastructures import MutableHeaders


def test_it_is_out_of_reach_and_for_this_host_alone() -> None:
    headers = MutableHeaders()
    set_cookie(headers, "text", secure=False)
    assert headers["set-cookie"] == "facegate=text; Path=/; HttpOnly; SameSite=Strict"


def test_with_tls_its_name_says_so() -> None:
    headers = MutableHeaders()
    set_cookie(headers, "text", secure=True)
    drop_cookie(headers, secure=True)
    kept, dropped = headers.getlist("set-cookie")
    assert kept == "__Host-facegate=text; Path=/; HttpOnly; SameSite=Strict; Secure"
    assert dropped == "__Host-facegate=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict; Secure"
    assert cookie_name(secure=True) == "__Host-facegate"
