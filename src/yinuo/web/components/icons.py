"""The icons a page may use, by the name Tabler Icons gives them.

The sprite `static/vendor/icons/icons-<version>.svg` holds exactly these; `tools/icons.py` writes it from this list,
and a test compares both.
"""

ICONS_VERSION = "3.51.0"
ICON_SPRITE = f"vendor/icons/icons-{ICONS_VERSION}.svg"

ICON_NAMES: frozenset[str] = frozenset(
    """
    adjustments alert-circle alert-triangle archive arrow-back-up arrow-forward-up arrow-left arrow-right arrow-up-right
    arrows-sort at bell bolt book-2 brand-wechat brand-weibo building building-store calendar calendar-time chart-bar
    check checks chevron-down chevron-left chevron-right chevron-up circle-check circle-plus circle-x clock coin columns
    copy crown device-desktop device-mobile dots dots-vertical download edit external-link eye eye-off file file-text
    filter fingerprint flame gift headset heart-handshake help-circle history home hourglass id inbox info-circle key
    keyboard language layout-dashboard link list-check lock login logout mail map-pin menu-2 message-circle minus
    mood-smile moon note package paperclip phone pin player-pause plus printer qrcode receipt refresh robot rotate route
    search send settings shield-check shopping-cart sort-ascending sort-descending sparkles speakerphone star sun table
    tag thumb-up trash upload user user-circle user-plus users users-group wifi-off world x
    """.split()  # noqa: SIM905 - a hundred names read better as text than as a list
)
