"""The icons a page may use, by the name Tabler Icons gives them.

The sprite `static/vendor/icons/icons-<version>.svg` holds exactly these; `tools/icons.py` writes it from this list,
and a test compares both.
"""

ICONS_VERSION = "3.51.0"
ICON_SPRITE = f"vendor/icons/icons-{ICONS_VERSION}.svg"

ICON_NAMES: frozenset[str] = frozenset(
    """
    activity adjustments alert-circle alert-triangle archive arrow-back-up arrow-down arrow-forward-up arrow-left
    arrow-right arrow-up arrow-up-right arrows-sort at award bell bell-off bell-ringing bolt book-2 bookmark
    bookmark-plus brand-wechat brand-weibo building building-community building-store bulb calendar calendar-event
    calendar-time cash category chart-bar chart-line check checks chevron-down chevron-left chevron-right
    chevron-up circle circle-check circle-dot circle-plus circle-x click clipboard-check clipboard-list clock
    clock-hour-4 clock-pause coin columns confetti copy crown database device-desktop device-floppy device-mobile
    device-tv dots dots-vertical download edit external-link eye eye-off eye-search file file-download file-search
    file-spreadsheet file-text file-type-csv file-type-pdf file-zip filter fingerprint flag flag-3 flame forms gift
    git-merge grip-vertical hand-stop headphones headset heart-handshake help-circle history home hourglass id
    inbox info-circle key keyboard language layout-dashboard layout-grid layout-list layout-sidebar-right lifebuoy
    link list list-check list-details lock login logout mail mail-forward mail-opened map-2 map-pin menu-2 message
    message-circle message-plus messages minus mood-smile moon music note package paperclip phone photo pin pinned
    player-pause player-play plug-connected plus printer qrcode quote receipt refresh refresh-alert robot rocket
    rotate route scale school search send settings settings-2 shield-check shopping-cart sitemap sort-ascending
    sort-descending sparkles speakerphone square square-check star sun table tag target template thumb-up tool
    trash trending-down trending-up truck-delivery upload user user-check user-circle user-off user-plus
    user-search users users-group users-plus video wifi-off world world-search x zoom-in
    """.split()  # noqa: SIM905 - many names read better as text than as a list
)
