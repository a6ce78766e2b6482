"""Who comes by a link inside of another app is told to open a real browser; nobody else is."""

import pytest
from django.test import Client

from config.in_app import in_app_browser

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S921N Build/UP1A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
APPS = {
    "WeChat": f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.54(0x1800362e) NetType/WIFI Language/zh_CN",
    "WeCom": f"{ANDROID} Chrome/116.0 wxwork/4.1.20 MicroMessenger/7.0.1 Language/zh",
    "KakaoTalk": f"{ANDROID} Chrome/130.0 Mobile Safari/537.36;KAKAOTALK 2411050",
    "Naver": f"{ANDROID} Chrome/130.0 Mobile Safari/537.36 NAVER(inapp; search; 2000; 12.9.7)",
    "LINE": f"{IPHONE} Mobile/15E148 Safari Line/14.19.1",
    "Instagram": f"{IPHONE} Mobile/15E148 Instagram 356.0.0.29.101 (iPhone15,3; iOS 18_1)",
    "Facebook": f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/488.0.0.60;FBBV/653]",
    "QQ": f"{ANDROID} Chrome/109.0 Mobile Safari/537.36 V1_AND_SQ_9.1.0 QQ/9.1.0.1",
    "Weibo": f"{IPHONE} Mobile/15E148 Weibo (iPhone15,3__weibo__14.11.0__iphone__os18.1)",
}
BROWSERS = {
    "Safari": f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1",
    "Chrome": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "QQ's own browser": f"{ANDROID} Chrome/121.0 MQQBrowser/15.2 Mobile Safari/537.36",
    "Naver's own browser": f"{ANDROID} Chrome/130.0 Whale/1.0.0.0 Crosswalk/29 Mobile Safari/537.36",
    "none": "",
}


@pytest.mark.parametrize("app", APPS)
def test_an_app_is_known_by_what_it_says(app: str) -> None:
    assert in_app_browser(APPS[app]) == app


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_real_browser_is_none(browser: str) -> None:
    assert in_app_browser(BROWSERS[browser]) == ""


@pytest.mark.django_db
def test_the_page_says_so_and_gives_its_own_link(client: Client) -> None:
    page = client.get("/?from=chat", headers={"user-agent": APPS["WeChat"]}).content.decode()
    assert "not inside WeChat" in page
    assert 'value="http://testserver/?from=chat"' in page
    assert "in-app" not in client.get("/", headers={"user-agent": BROWSERS["Safari"]}).content.decode()
