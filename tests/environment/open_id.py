"""An OpenID Connect provider on this machine, as LinkedIn is one: whoever comes is sent back as who it was told to be."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT = "mitalk"


class Provider:
    """Use it as a context; `url` is its address."""

    def __init__(self) -> None:
        self.person: dict = {"sub": "abc", "email": "petra@example.org", "email_verified": True, "name": "Petra Roth"}
        self.denies = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Provider":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settings(self) -> dict[str, str]:
        """What an operator sets to use it."""
        return {
            "MITALK_OPENID_SERVER": self.url,
            "MITALK_OPENID_NAME": "LinkedIn",
            "MITALK_OPENID_CLIENT": CLIENT,
            "MITALK_OPENID_SECRET": "secret",
        }

    def _description(self) -> dict:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **{name: f"{self.url}/{path}" for name, path in paths.items()},
        }

    def _token(self) -> dict:
        now = int(time.time())
        claims = {**self.person, "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60}
        parts = [{"alg": "RS256", "typ": "JWT"}, claims]
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        return {"access_token": "a", "token_type": "Bearer", "id_token": ".".join([*encoded, "c2ln"])}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if address.path == "/authorize":
                    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                    answer = {"error": "access_denied"} if provider.denies else {"code": "c"}
                    back = urlencode({**answer, "state": asked["state"]})
                    self.send_response(302)
                    self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                    self.end_headers()
                elif address.path == "/userinfo":
                    self._say(provider.person)
                else:
                    self._say(provider._description())

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._say(provider._token())

            def _say(self, data: dict) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(data).encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
