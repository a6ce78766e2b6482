"""A browser's cookies and forms without a browser, against a real installation."""

import re

import requests


class Pages:
    """Pages as one person opens them; with a session they are signed in."""

    def __init__(self, url: str, session: str = "") -> None:
        self.url = url.replace("localhost", "127.0.0.1")  # cookie jars have their own idea of localhost
        self._cookies = requests.Session()
        if session:
            self._cookies.cookies.set("sessionid", session, domain="127.0.0.1")

    @property
    def session(self) -> str:
        """The session now; Django changes it as it sees fit."""
        return self._cookies.cookies.get("sessionid", default="")

    def get(self, path: str) -> str:
        """The page, wherever it leads."""
        response = self._cookies.get(self.url + path, timeout=10)
        response.raise_for_status()
        return response.text

    def post(self, path: str, **fields: str) -> str:
        """Send the form of a page; the page that follows."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token, path
        response = self._cookies.post(
            self.url + path,
            {**fields, "csrfmiddlewaretoken": token.group(1)},
            timeout=10,
            headers={"Referer": self.url},
        )
        response.raise_for_status()
        return response.text
