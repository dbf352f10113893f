"""Tasks under a case: what stands in the way of asking, answering and closing. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yinuo.foundation.refusals import Refusal

NEEDED_LENGTH = 4000


class NothingNeeded(Refusal):
    code = "cases.nothing_needed"
    status = 422

    def sentence(self) -> str:
        return _("Say what is needed, so that your colleagues can begin at once.")


class TaskIsOver(Refusal):
    code = "cases.task_is_over"

    def sentence(self) -> str:
        return _("This task was answered or taken back already. Ask a new one if something is still needed.")


class NotYourTask(Refusal):
    code = "cases.not_your_task"
    status = 403

    def sentence(self) -> str:
        return _("This task is asked of %(name)s. Only they answer it.") % self.details


class NotInTaskTeam(Refusal):
    code = "cases.not_in_task_team"
    status = 422

    def sentence(self) -> str:
        return _("%(name)s is not in the team this is asked of. Choose one of its people.") % self.details


class NotYoursToWithdraw(Refusal):
    code = "cases.not_yours_to_withdraw"
    status = 403

    def sentence(self) -> str:
        return _("Only the owner of the case, who asked, or a team leader takes a task back.")


class TasksStillOpen(Refusal):
    """Others are at work on the case; closing it would leave them, and the customer, in the air."""

    code = "cases.tasks_still_open"

    def sentence(self) -> str:
        return ngettext(
            "%(count)s task still blocks this case: %(names)s. Wait for its answer, or take it back while closing.",
            "%(count)s tasks still block this case: %(names)s. Wait for the answers, or take them back while closing.",
            self.details["count"],
        ) % {"count": self.details["count"], "names": self.details["names"]}


class OnlyForTask(Refusal):
    """Somebody sees the case because a task on it is asked of them; that lets them read it and answer the task."""

    code = "cases.only_for_task"
    status = 403

    def sentence(self) -> str:
        return _("You see this case because of a task. Answer the task, or write a note; the owner does the rest.")
