"""Places and acts for the search: the pages of the desk and the settings, found by their names in both languages."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from yinuo.access.actors import Actor
from yinuo.desk.search import Hit, search_source

_LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Known:
    """A page. words: what people also call it, in any language. permission None: everybody."""

    label: Promise | str
    address: str
    icon: str
    permission: str | None = None
    words: str = ""


_KNOWN = (
    Known(gettext_lazy("New case"), "new_case", "circle-plus", "cases.open", "create add phone 新建 来电"),
    Known(gettext_lazy("Workbench"), "workbench", "headset", None, "queue home 队列 首页"),
    Known(gettext_lazy("All cases"), "case_list", "list-details", "cases.view", "list 列表"),
    Known(gettext_lazy("Customers"), "customers", "users", "customers.view", "list 列表"),
    Known(gettext_lazy("Mailboxes"), "settings_mailboxes", "mail", "mail.configure", "imap smtp"),
    Known(gettext_lazy("Mails needing a look"), "settings_mails", "mail", "mail.replay", "raw 未归并"),
    Known(
        gettext_lazy("Standards"),
        "settings_standards",
        "heart-handshake",
        "standards.edit",
        "sla times promise 时限 承诺",
    ),
    Known(
        gettext_lazy("Calendars"), "settings_calendars", "calendar", "standards.edit", "holidays hours 节假日 营业时间"
    ),
    Known(gettext_lazy("Our company"), "settings_company", "building", "organisation.edit", "name zone 名称 时区"),
    Known(gettext_lazy("People"), "settings_people", "users", "organisation.edit", "staff users roles 员工 账号 权限"),
    Known(
        gettext_lazy("Teams and departments"),
        "settings_structure",
        "sitemap",
        "organisation.edit",
        "regions posts skills 区域 岗位 技能",
    ),
    Known(gettext_lazy("Health"), "settings_health", "activity", "settings.view", "status check 状态 运行"),
    Known(
        gettext_lazy("My account"), "settings_account", "user-circle", None, "password token language 密码 语言 令牌"
    ),
    Known(
        gettext_lazy("My notifications"),
        "settings_notifications",
        "bell",
        "notifications.view",
        "quiet digest 提醒 免打扰",
    ),
    Known(gettext_lazy("Second factor and passkeys"), "mfa_index", "fingerprint", None, "mfa totp 验证"),
)


@search_source("places", label=gettext_lazy("Pages and acts"), place=90)
def _places(actor: Actor, words: str, limit: int) -> list[Hit]:
    wanted = words.casefold().split()
    found = [
        known
        for known in _KNOWN
        if (known.permission is None or actor.may(known.permission)) and all(word in _called(known) for word in wanted)
    ]
    return [Hit(title=str(known.label), url=reverse(known.address), icon=known.icon) for known in found[:limit]]


def _called(known: Known) -> str:
    names = [known.words]
    for language in _LANGUAGES:
        with override(language):
            names.append(str(known.label))
    return " ".join(names).casefold()
