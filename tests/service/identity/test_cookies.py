from starlette.responses import Response

from averment.service.identity.cookies import SESSION, end_cookie, set_cookie


def test_a_cookie_is_kept_from_scripts_other_hosts_and_plain_connections() -> None:
    response = Response()
    set_cookie(response, SESSION, value="s", max_age_s=60)
    end_cookie(response, SESSION)
    given, taken = response.headers.getlist("set-cookie")
    assert given == "__Host-averment=s; HttpOnly; Max-Age=60; Path=/; SameSite=lax; Secure"
    assert {"Max-Age=0", "Secure", "HttpOnly", "Path=/"} <= set(taken.split("; "))
