"""From what a browser says of itself to words that its owner recognises: « Firefox sur Windows ».

Only the two names are kept. The order counts: most browsers also claim to be the ones before them.
"""

from portal.kernel.words import later

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
BETWEEN = "|"


def described(user_agent: str) -> str:
    """Browser and system, as the session keeps them: `Firefox|Windows`; empty where nothing is recognised."""
    return BETWEEN.join(next((name for sign, name in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS))


def in_words(device: str | None) -> str:
    """The same for its owner."""
    browser, _, system = (device or BETWEEN).partition(BETWEEN)
    if browser and system:
        return later("%(browser)s sur %(system)s", browser=browser, system=system)
    return browser or system or later("Appareil non reconnu")
