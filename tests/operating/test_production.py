"""deploy/ as it is: Procfile through honcho, nginx in front, coturn, PostgreSQL, Redis; and the doctor finds it well."""

import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.environment.doctoring import doctor, is_well, verdicts
from tests.environment.ports import free_port
from tests.environment.production import Production
from tests.environment.proxy import Proxy, proxy


def a_browser(whole: Production) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = str(whole.authority.trusted)
    return session


def get(whole: Production, path: str) -> requests.Response:
    return a_browser(whole).get(whole.proxy.url + path, timeout=10)


def socket_to(whole: Production, origin: str):
    context = ssl.create_default_context(cafile=str(whole.authority.trusted))
    address = whole.proxy.url.replace("https", "wss", 1) + "/ws/check/"
    return connect(address, origin=origin, ssl=context, proxy=None)


def test_the_doctor_finds_all_of_it_well(whole: Production) -> None:
    things = ("database", "redis", "processes", "jobs", "udp", "turn", "certificates", "site")
    found = is_well(whole.environment, *things)
    assert {"udp.reachable", "turn.allocation", "site.socket", "database.connections"} <= found


def test_a_page_comes_through_with_its_headers(whole: Production) -> None:
    page = get(whole, "/")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert page.headers["Server"] == "nginx"


def test_plain_http_is_sent_to_https(whole: Production) -> None:
    answer = requests.get(whole.proxy.plain_url + "/join/", timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://localhost/join/")


def test_nobody_is_sent_to_a_host_that_a_request_names(whole: Production) -> None:
    named = {"Host": "evil.example"}
    answer = requests.get(whole.proxy.plain_url + "/join/", headers=named, timeout=10, allow_redirects=False)
    assert answer.headers["Location"] == "https://localhost/join/"
    port = whole.proxy.url.rpartition(":")[2]
    for host in ("localhost:1", "evil.example", f"localhost:{port}@evil.example"):
        answer = a_browser(whole).get(
            whole.proxy.url + "/accounts/login/", headers={"Host": host}, timeout=10, allow_redirects=False
        )
        assert answer.status_code in (400, 404, 421), host
        assert "evil" not in answer.text + str(answer.headers)


def test_a_static_file_comes_from_the_proxy_and_is_kept(whole: Production) -> None:
    folder = Path(whole.environment["MITALK_VAR_DIR"]) / "static"
    name = next(path for path in folder.glob("js/*.js") if path.name.count(".") == 2).relative_to(folder)
    file = get(whole, f"/static/{name}")
    assert file.status_code == 200
    assert file.headers["Content-Type"].startswith(("application/javascript", "text/javascript"))
    assert "max-age=31536" in file.headers["Cache-Control"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert get(whole, "/static/not/there.js").status_code == 404


def test_a_socket_opens_through_it_for_our_own_pages_only(whole: Production) -> None:
    with socket_to(whole, whole.proxy.url) as socket:
        assert '"hello"' in str(socket.recv(timeout=10))
    with pytest.raises(InvalidStatus):
        socket_to(whole, "https://elsewhere.example")


def test_what_operators_look_at_is_not_for_the_world(whole: Production) -> None:
    assert [get(whole, path).status_code for path in ("/metrics", "/readyz", "/healthz")] == [404] * 3


def test_a_body_that_no_form_takes_is_refused_before_it_is_read(whole: Production) -> None:
    answer = a_browser(whole).post(whole.proxy.url + "/accounts/login/", data=b"x" * (10 << 20), timeout=10)
    assert answer.status_code == 413


def test_an_address_that_somebody_claims_is_not_believed(whole: Production) -> None:
    """Tries are counted by the address that the proxy saw, whatever the browser says of itself."""
    browser, url = a_browser(whole), whole.proxy.url + "/accounts/login/"
    browser.get(url, timeout=10)

    def tries(number: int) -> str:
        form = {
            "login": f"nobody{number}@example.org",
            "password": "wrong",
            "csrfmiddlewaretoken": browser.cookies["__Host-csrftoken"],
        }
        claimed = {"Referer": url, "X-Forwarded-For": f"198.51.100.{number}"}
        return browser.post(url, form, headers=claimed, timeout=10).text

    assert "Too many" not in tries(0)
    assert any("Too many" in tries(number) for number in range(1, 15))


def test_many_forms_at_once_are_stopped_by_the_proxy(whole: Production) -> None:
    browser = a_browser(whole)
    codes = [browser.post(whole.proxy.url + "/join/again/", timeout=10).status_code for _ in range(60)]
    assert 429 in codes
    assert get(whole, "/").status_code == 200


def test_the_log_says_neither_codes_nor_addresses(whole: Production) -> None:
    get(whole, "/i/AbCdEfGh-a-code/")
    get(whole, "/calendar/token-of-somebody.ics")
    log = whole.proxy.log()
    assert '"path":"/i/…"' in log
    assert "AbCdEfGh" not in log
    assert "token-of-somebody" not in log
    assert "127.0.0.1:" in log  # which process answered
    assert '"127.0.0.1"' not in log


def test_while_one_process_is_gone_the_others_answer(whole: Production, tmp_path: Path) -> None:
    certificate = whole.authority.issue("one-is-gone", days=80)
    static, ports = Path(whole.environment["MITALK_VAR_DIR"]) / "static", [free_port(), whole.web_ports[1]]
    with proxy(tmp_path / "n", web=ports, certificate=certificate, static=static, https=whole.spare_https) as in_front:
        codes = [a_browser(whole).get(in_front.url, timeout=10).status_code for _ in range(10)]
    assert codes == [200] * 10


class TestTheDoctorSees:
    def _another(
        self, whole: Production, folder: Path, certificate: Path, change: Callable[[str], str]
    ) -> AbstractContextManager[Proxy]:
        """A proxy in front of the same processes, in which something is broken."""
        static, port = Path(whole.environment["MITALK_VAR_DIR"]) / "static", whole.spare_https
        web = whole.web_ports
        return proxy(folder / "n", web=web, certificate=certificate, static=static, https=port, change=change)

    def test_a_turn_server_with_another_secret(self, whole: Production) -> None:
        found = doctor({**whole.environment, "MITALK_TURN_SECRET": "another"}, "turn")
        assert verdicts(found) == {"turn.secret": "fail"}
        assert "static-auth-secret" in found["turn.secret"]["remedy"]

    def test_a_turn_server_that_is_not_there(self, whole: Production) -> None:
        found = doctor({**whole.environment, "MITALK_TURN_URLS": "turn:127.0.0.1:9?transport=tcp"}, "turn")
        assert verdicts(found) == {"turn.reachable": "fail"}

    def test_a_proxy_that_carries_no_sockets(self, whole: Production, tmp_path: Path) -> None:
        def broken(text: str) -> str:
            return text.replace("proxy_set_header Upgrade $http_upgrade;", "")

        certificate = whole.authority.issue("without-sockets", days=80)
        with self._another(whole, tmp_path, certificate, broken) as bad:
            found = doctor({**whole.environment, "MITALK_ORIGINS": bad.url}, "site")
        assert verdicts(found)["site.socket"] == "fail"

    def test_a_proxy_that_does_not_say_https(self, whole: Production, tmp_path: Path) -> None:
        def broken(text: str) -> str:
            return text.replace("proxy_set_header X-Forwarded-Proto https;", "")

        certificate = whole.authority.issue("without-proto", days=80)
        with self._another(whole, tmp_path, certificate, broken) as bad:
            found = doctor({**whole.environment, "MITALK_ORIGINS": bad.url}, "site")
        assert verdicts(found) == {"site.page": "fail"}
        assert "X-Forwarded-Proto" in found["site.page"]["remedy"]

    def test_a_site_that_does_not_answer(self, whole: Production) -> None:
        found = doctor({**whole.environment, "MITALK_ORIGINS": "https://localhost:9"}, "site", "certificates")
        assert verdicts(found) == {"site.reachable": "fail", "certificates.served": "fail"}

    def test_an_address_without_https(self, whole: Production) -> None:
        found = doctor({**whole.environment, "MITALK_ORIGINS": "http://talk.invalid"}, "site")
        assert verdicts(found)["site.https"] == "fail"


def test_it_ends_when_it_is_told_to(whole: Production) -> None:
    """Last, because nothing runs afterwards."""
    assert whole.process is not None
    whole.process.terminate()
    whole.process.wait(20)
    found = doctor(whole.environment, "site", "jobs")
    assert verdicts(found)["site.page"] == "fail"
    assert "502" in found["site.page"]["what"]
    assert verdicts(found)["jobs.alive"] == "fail"
