"""Where people may be sent."""

import pytest

from quartermaster.core.formats.web_addresses import BadAddress, checked

GOOD = (
    "https://example.com",
    "https://example.com/paid?order=ord_1&back=%20#top",
    "http://localhost:8000/orders",
    "http://127.0.0.1/",
    "http://[::1]:8000/x",
    "HTTPS://Example.COM/~shop/(1)/a;b,c@d",
    "https://xn--mller-kva.example./",
)
BAD = (
    "",
    "/orders",
    "//example.com",
    "back",
    "javascript:alert(1)",
    "ftp://example.com/",
    "https:///paid",
    "https://:443/",
    "https://?x",
    "https://user:password@example.com/",
    "https://user@example.com/",
    "https://@example.com/",
    "https://example.com\\@evil.example/",
    "https://example.com/\nSet-Cookie: x",
    "https://example.com/a b",
    " https://example.com/",
    "https://example.com/\t",
    "https://example.com/\x00",
    "https://example.com/\x7f",
    "https://müller.example/",
    "https://example.com/<x>",
    'https://example.com/"',
    "https://exa_mple.com/",
    "https://example..com/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://[::1/",
    "https://%65xample.com/",
    "https://example.com/" + "x" * 2_000,
)


@pytest.mark.parametrize("text", GOOD)
def test_it_is_taken_as_it_is(text: str) -> None:
    assert checked(text, "return_url") == text


@pytest.mark.parametrize("text", BAD)
def test_it_is_refused_by_the_name_of_its_field(text: str) -> None:
    with pytest.raises(BadAddress) as no:
        checked(text, "return_url")
    assert no.value.field == "return_url"
    assert "password@" not in str(no.value)
