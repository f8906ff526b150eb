"""Signs of currencies that prices in machine-readable fields contain."""

import re

DOLLARS = frozenset({
    "ARS", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD",
    "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "USD", "UYU", "XCD",
})  # fmt: skip
SIGNS = {
    "$": DOLLARS,
    "US$": frozenset({"USD"}),
    "NT$": frozenset({"TWD"}),
    "HK$": frozenset({"HKD"}),
    "A$": frozenset({"AUD"}),
    "C$": frozenset({"CAD"}),
    "CA$": frozenset({"CAD"}),
    "R$": frozenset({"BRL"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP", "FKP", "GIP", "LBP", "SHP", "SYP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "元": frozenset({"CNY", "TWD", "HKD"}),
    "円": frozenset({"JPY"}),
    "₺": frozenset({"TRY"}),
    "TL": frozenset({"TRY"}),
    "₹": frozenset({"INR"}),
    "₩": frozenset({"KRW"}),
    "₽": frozenset({"RUB"}),
    "₴": frozenset({"UAH"}),
    "zł": frozenset({"PLN"}),
    "Kč": frozenset({"CZK"}),
    "Ft": frozenset({"HUF"}),
    "lei": frozenset({"RON", "MDL"}),
    "лв": frozenset({"BGN"}),
    "лв.": frozenset({"BGN"}),
    "kr": frozenset({"DKK", "ISK", "NOK", "SEK"}),
    "R": frozenset({"ZAR"}),
}  # fmt: skip
SIGNED = re.compile(r"(?P<before>[^\d\s.,'’-]*)\s*(?P<number>\d[\d.,\s'’]*?)\s*(?P<after>[^\d\s]*)")


def strip_sign(text: str, currency: str) -> str | None:
    """The number without a sign of the currency before or after it. None if the text has another sign or words."""
    match = SIGNED.fullmatch(text.replace("\u00a0", " ").replace("\u202f", " ").strip())
    if not match:
        return None
    signs = [sign for sign in (match["before"], match["after"]) if sign]
    fits = all(sign.upper() == currency or currency in SIGNS.get(sign, ()) for sign in signs)
    return match["number"] if fits and len(signs) <= 1 else None
