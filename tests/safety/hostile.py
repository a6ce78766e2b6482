"""Values that were made to hurt: for parts of addresses, for fields, for headers and for files."""

import io
import zipfile

from hypothesis import strategies as st

TEMPLATES = '{{ 7919*7907 }}${7919*7907}<%= 7919*7907 %>{{ 62615000|add:"533" }}'
CALCULATED = "62615533"  # what it comes to, for whoever runs what they are sent
LINES = (
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "NaN",
    "999999999999999999999999",
    "null",
    "word",
    "true",
    "[]",
    '{"__proto__": {"admin": true}}',
    "' OR '1'='1",
    '"; DROP TABLE accounts_user; --',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% load x %}",
    TEMPLATES,
    "${7*7}#{7*7}%(secret)s%s%n",
    "=HYPERLINK(1)",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "//evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "a\r\nBcc: everybody@example.org",
    "\r\nSet-Cookie: a=b",
    "a\x00b",
    "\x1b[31m",
    "\ud800",
    "\u202e\u2066reversed",
    "é" * 300,
    "x" * 5_000,
    "+" * 60,
    "(a+)+$" * 8,
    "a@" * 40 + "example.org",
    "9999-99-99",
    "2026-02-30T25:61",
    "0001-01-01",
    "9999-12-31T23:59",
    "_3A_2F",
    "-" * 16,
    "A" * 16,
    "A" * 43,
)
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE")
HEADERS = (
    {"HTTP_ACCEPT_LANGUAGE": "zh;q=NaN,*;q=1e99," + "x" * 500},
    {"HTTP_X_FORWARDED_FOR": "not an address, 192.0.2.1, ::ffff:999.1.1.1"},
    {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_USER_AGENT": "() { :; }; \x7f" + "u" * 900},
    {"HTTP_REFERER": "https://evil.example/\u00ff"},
    {"HTTP_COOKIE": 'sessionid="; csrftoken=; mitalk_zone=../../etc; mitalk_guest=a:b:c; known=a:b:c; messages=[[]]'},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 99999 99:99:99 GMT", "HTTP_IF_NONE_MATCH": '"' * 40},
    {"HTTP_RANGE": "bytes=-1,99999999999999999999-0"},
    {"HTTP_ACCEPT": "*/*;q=x", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    {"CONTENT_TYPE": "multipart/form-data; boundary=" + "b" * 300},
    {"CONTENT_TYPE": "application/json"},
    {"CONTENT_TYPE": "text/html; charset=rot13"},
    {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=rot13"},
    {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-16"},
    {"HTTP_SEC_FETCH_MODE": "no-cors", "HTTP_SEC_FETCH_SITE": "cross-site"},
    {},
)


def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil", b"\0" * 200_000)
    return written.getvalue()


FILES = (
    ("empty.png", b""),
    ("lies.png", b"<html><script>alert(1)</script>"),
    ("../../evil.jpg", b"\xff\xd8\xff" + b"\0" * 40),
    ("huge.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0" + b"\0" * 20),
    ("a\r\nb.pdf", b"%PDF-1.4\n%%EOF"),
    ("bomb.zip", _archive()),
    ("terms.csv", b'pattern,"unclosed\n=cmd|,\xff\xfe,' + b"x" * 300),
    ("list.csv", "email,name\n=1+1@example.org,\u202e\n".encode()),
)
words = st.sampled_from(LINES) | st.text(max_size=40)
