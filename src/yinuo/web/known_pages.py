"""The pages people look for: their names, what each is for, who may open it; for the search and the help page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.desk.queries.boards import may_open_boards


@dataclass(frozen=True)
class Known:
    """A page. purpose: one sentence. may_open: a permission, a predicate, or None for everybody. words: other names."""

    label: Promise
    address: str
    icon: str
    purpose: Promise
    may_open: str | Callable[[Actor], bool] | None = None
    words: str = ""
    is_setting: bool = False


_WORK = (
    Known(
        gettext_lazy("Workbench"),
        "workbench",
        "headset",
        gettext_lazy("Your queue, the one to answer next on top; conversation, customer and promises beside it."),
        words="queue home 队列 首页",
    ),
    Known(
        gettext_lazy("New case"),
        "new_case",
        "circle-plus",
        gettext_lazy("Type in what somebody says on the phone or at the counter."),
        "cases.open",
        "create add phone 新建 来电",
    ),
    Known(
        gettext_lazy("Board"),
        "board",
        "layout-dashboard",
        gettext_lazy("How a team stands now: who is here, what they carry, which promises are at risk."),
        may_open_boards,
        "team wall 看板 大屏",
    ),
    Known(
        gettext_lazy("Tasks"),
        "tasks",
        "clipboard-list",
        gettext_lazy("What owners of cases ask of you or your team, what falls due first on top."),
        "cases.view",
        "tasks asked department 协办 任务 部门",
    ),
    Known(
        gettext_lazy("Major incidents"),
        "incidents",
        "sitemap",
        gettext_lazy("One cause behind many cases: what surges, which run, and the same words to every customer."),
        "cases.view",
        "incident outage broadcast 重大事件 群发",
    ),
    Known(
        gettext_lazy("All cases"),
        "case_list",
        "list-details",
        gettext_lazy("Every case you may see, filtered, sorted, kept as views, taken as a file."),
        "cases.view",
        "list export 列表 导出",
    ),
    Known(
        gettext_lazy("Customers"),
        "customers",
        "users",
        gettext_lazy("Who we serve: how to reach them, what they own, everything that ever was between us."),
        "customers.view",
        "list profile 列表 档案",
    ),
    Known(
        gettext_lazy("Approvals"),
        "approvals",
        "gift",
        gettext_lazy("Remedies above somebody's own authority, with the time by which you decide."),
        "remedies.approve",
        "remedy refund approve 审批 补偿 退款",
    ),
    Known(
        gettext_lazy("Ledger of remedies"),
        "remedy_ledger",
        "receipt",
        gettext_lazy("Everything customers were given, by whom and why, filtered and taken as a file."),
        "remedies.view_ledger",
        "refund voucher 台账 补偿",
    ),
    Known(
        gettext_lazy("My account"),
        "settings_account",
        "user-circle",
        gettext_lazy("Your password, second factor, language, presence and keys for programs."),
        words="password token language 密码 语言 令牌",
    ),
    Known(
        gettext_lazy("My notifications"),
        "settings_notifications",
        "bell",
        gettext_lazy("What reaches you, where, and when it is quiet."),
        "notifications.view",
        "quiet digest 提醒 免打扰",
    ),
    Known(
        gettext_lazy("Second factor and passkeys"),
        "mfa_index",
        "fingerprint",
        gettext_lazy("Keeps others out even when they know your password."),
        words="mfa totp 验证",
    ),
)
_SETTINGS = (
    Known(
        gettext_lazy("Mailboxes"),
        "settings_mailboxes",
        "mail",
        gettext_lazy("The addresses customers write to: servers, teams, how each fares."),
        "mail.configure",
        "imap smtp",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Mails needing a look"),
        "settings_mails",
        "mail-opened",
        gettext_lazy("Mails that could not be filed by themselves; nothing is ever thrown away."),
        "mail.replay",
        "raw 未归并",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Canned answers"),
        "settings_canned_answers",
        "template",
        gettext_lazy("Texts that come again, put in by a word while writing."),
        "cases.reply",
        "template phrase 快捷 模板",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Standards"),
        "settings_standards",
        "heart-handshake",
        gettext_lazy("What is promised to whom: an ordered list with versions."),
        "standards.edit",
        "sla times promise 时限 承诺",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Escalation"),
        "settings_ladders",
        "arrow-up",
        gettext_lazy("Who is told, step by step, while a promise runs out or stays broken."),
        "standards.edit",
        "ladder escalate 升级 上报",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Pledges"),
        "settings_pledges",
        "award",
        gettext_lazy("What is promised to everybody in public, and what they get when it is not kept."),
        "standards.edit",
        "public 公开 承诺",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Authority and budgets"),
        "settings_authority",
        "gift",
        gettext_lazy("What the people in front may give by themselves, who decides above it, what a month may cost."),
        "remedies.configure",
        "remedy refund limit 授权 补偿 预算",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Calendars"),
        "settings_calendars",
        "calendar",
        gettext_lazy("Opening hours and holidays; promises count only open time."),
        "standards.edit",
        "holidays hours 节假日 营业时间",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Our company"),
        "settings_company",
        "building",
        gettext_lazy("The name customers read, time zone, language, own domains."),
        "organisation.edit",
        "name zone 名称 时区",
        is_setting=True,
    ),
    Known(
        gettext_lazy("People"),
        "settings_people",
        "users-group",
        gettext_lazy("Who works here, what they may do and can do."),
        "organisation.edit",
        "staff users roles 员工 账号 权限",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Teams and departments"),
        "settings_structure",
        "sitemap",
        gettext_lazy("Teams, departments, regions, posts and skills."),
        "organisation.edit",
        "regions posts skills 区域 岗位 技能",
        is_setting=True,
    ),
    Known(
        gettext_lazy("Health"),
        "settings_health",
        "activity",
        gettext_lazy("Whether everything runs, and what to do when it does not."),
        "settings.view",
        "status check 状态 运行",
        is_setting=True,
    ),
)


def known_pages(actor: Actor) -> list[Known]:
    """Return the pages this actor may open, those of the daily work first."""
    return [known for known in (*_WORK, *_SETTINGS) if _may_open(actor, known)]


def _may_open(actor: Actor, known: Known) -> bool:
    if known.may_open is None:
        return True
    return known.may_open(actor) if callable(known.may_open) else actor.may(known.may_open)
