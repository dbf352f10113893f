"""What can happen to a case. Subject ids are columns of the log; no text of customers is in it."""

from datetime import datetime

from yinuo.foundation.facts import Fact


class CaseOpened(Fact):
    """A request became a case with an owner and a promise."""

    case_id: int
    customer_id: int
    staff_id: int
    team_id: int
    channel: str
    case_class: str
    category: str
    standard_version_id: int


class PromiseMade(Fact, version=2):
    """The customer was given a time; or, kind `task`, the owner by another team.

    starts_at, within_minutes: from when and how much open time counts; without `within_minutes` the instant itself was
    given. replaces_id: the promise whose place it took. It holds all from which its clock can be computed again.
    """

    case_id: int
    customer_id: int
    promise_id: int
    kind: str
    starts_at: datetime
    within_minutes: int | None
    due_at: datetime
    standard_version_id: int
    calendar_version_id: int
    replaces_id: int | None = None
    consent: str = "none"


class AnswerQuoted(Fact):
    """The customer was told when the first answer will probably come, which is sooner than promised."""

    case_id: int
    customer_id: int
    answer_by: datetime


class PromiseKept(Fact):
    """What was promised happened in time."""

    case_id: int
    promise_id: int
    kind: str
    due_at: datetime


class PromiseBroken(Fact, version=2):
    """The promised time passed without what was promised; `at` of the fact is that time.

    born_late: its time had passed before it was given, because it was counted anew from an earlier start; nobody is
    told.
    """

    case_id: int
    staff_id: int
    promise_id: int
    kind: str
    born_late: bool = False


class PromiseReplaced(Fact):
    """Another time took a promise's place. because: `agreement` with the customer, `reclassified` or `repaired`.

    consent: whether the customer agreed or was told. The reason stands in the promise.
    """

    case_id: int
    customer_id: int
    staff_id: int
    promise_id: int
    kind: str
    new_promise_id: int
    was_due_at: datetime
    due_at: datetime
    consent: str
    because: str


class PromisePaused(Fact):
    """The case waits for its customer, and this promise does not run meanwhile."""

    case_id: int
    customer_id: int
    promise_id: int
    kind: str


class PromiseResumed(Fact):
    """A pause ended; the promise falls due later by the open time in it."""

    case_id: int
    customer_id: int
    promise_id: int
    kind: str
    since: datetime
    due_at: datetime


class CaseReclassified(Fact):
    """A case turned out to be of another class, tier or category; its standard was picked anew."""

    case_id: int
    customer_id: int
    staff_id: int
    reclassification_id: int
    was_class: str
    case_class: str
    standard_version_id: int


class StandardRenewed(Fact):
    """An open case was brought to the newest version of its standard, its promises counted anew."""

    case_id: int
    customer_id: int
    was_version_id: int
    standard_version_id: int
    calendar_version_id: int


class PromiseWithdrawn(Fact):
    """A promise lost its object, because the case ended or it was answered otherwise."""

    case_id: int
    promise_id: int
    kind: str


class PromiseSoonDue(Fact):
    """The share of the time after which the owner is warned has passed."""

    case_id: int
    staff_id: int
    promise_id: int
    kind: str
    due_at: datetime


class CaseEscalated(Fact):
    """A promise reached a rung of its ladder; `at` of the fact is that instant. Who is told stands in the tellings.

    target: a value of `RungTarget`. The owner stays.
    """

    case_id: int
    escalation_id: int
    promise_id: int
    kind: str
    rung_number: int
    target: str


class EscalationEnded(Fact):
    """The customer was answered, or the case closed: attention need not be raised any more."""

    case_id: int
    escalation_id: int
    promise_id: int


class CustomerWrote(Fact):
    """The customer, or somebody with them, said something."""

    case_id: int
    customer_id: int
    staff_id: int
    message_id: int
    channel: str


class CustomerAnswered(Fact):
    """A person of ours answered publicly."""

    case_id: int
    customer_id: int
    staff_id: int
    message_id: int
    channel: str
    is_first: bool


class WaitingForCustomerBegan(Fact):
    """An answer left it to the customer to write next; the message is that answer. Some promises pause."""

    case_id: int
    customer_id: int
    staff_id: int
    message_id: int


class WaitingForCustomerEnded(Fact):
    """The customer wrote, a further answer did not wait for them, or the case ended."""

    case_id: int
    customer_id: int
    since: datetime


class CustomerNotified(Fact):
    """The system told the customer something by itself."""

    case_id: int
    customer_id: int
    message_id: int
    channel: str


class NoteAdded(Fact):
    """Somebody wrote an internal note."""

    case_id: int
    message_id: int


class StaffMentioned(Fact):
    """A note calls this colleague's attention."""

    case_id: int
    staff_id: int
    message_id: int


class AutomaticMessageArrived(Fact):
    """A bounce, an out-of-office answer or another machine's mail was filed; it counts as nobody's answer."""

    case_id: int
    message_id: int


class OwnerChanged(Fact):
    """Somebody else became accountable; the promises stay as they are. The reason stands in the ownership."""

    case_id: int
    staff_id: int
    previous_staff_id: int
    ownership_id: int


class HandoffOffered(Fact):
    """The owner offered the case to a person (`staff_id`) or a team (`team_id`); until they accept nothing changes."""

    case_id: int
    staff_id: int | None
    team_id: int | None
    handoff_id: int
    giver_id: int
    answer_by: datetime


class HandoffAccepted(Fact):
    """Somebody said yes and became the owner; OwnerChanged goes with it."""

    case_id: int
    staff_id: int
    handoff_id: int
    giver_id: int


class HandoffRefused(Fact):
    """Somebody said no, with a reason; the giver stays the owner."""

    case_id: int
    staff_id: int | None
    handoff_id: int
    giver_id: int


class HandoffTimedOut(Fact):
    """Nobody answered in time; the giver stays the owner. `at` of the fact is the instant until which it waited."""

    case_id: int
    staff_id: int | None
    team_id: int | None
    handoff_id: int
    giver_id: int


class HandoffWithdrawn(Fact):
    """The offer was taken back, or lost its object because the case ended or got an owner otherwise."""

    case_id: int
    staff_id: int | None
    team_id: int | None
    handoff_id: int
    giver_id: int


class CaseHeldForDecision(Fact):
    """The case went to and fro, so the coordination centre owns it until it has decided. `cause` says which limit."""

    case_id: int
    staff_id: int
    team_id: int | None
    decision_id: int
    cause: str


class OwnerDecided(Fact):
    """The coordination centre named the owner; why and until when stands in the decision."""

    case_id: int
    staff_id: int
    decision_id: int
    review_at: datetime


class OwnerReviewDue(Fact):
    """The day has come on which a decision of the coordination centre is looked at again."""

    case_id: int
    staff_id: int
    decision_id: int


class TaskAsked(Fact):
    """A piece of the case was asked of a person or a team, which gives the owner a time for it."""

    case_id: int
    staff_id: int | None
    team_id: int | None
    task_id: int
    due_at: datetime


class TaskTaken(Fact):
    """It is said who does a task."""

    case_id: int
    staff_id: int
    team_id: int | None
    task_id: int


class TaskDone(Fact):
    """What was asked for is there, as a note; `staff_id` is the owner of the case."""

    case_id: int
    staff_id: int
    team_id: int | None
    task_id: int


class TaskRefused(Fact):
    """It cannot be done; why stands in a note. `staff_id` is the owner of the case."""

    case_id: int
    staff_id: int
    team_id: int | None
    task_id: int


class TaskWithdrawn(Fact):
    """A task is no longer needed."""

    case_id: int
    staff_id: int | None
    team_id: int | None
    task_id: int


class CaseClosed(Fact):
    """The case was solved, as we see it; for some time the customer may still say no."""

    case_id: int
    customer_id: int
    staff_id: int
    outcome: str


class SolutionConfirmed(Fact):
    """The customer said themselves that it is solved, by a click or in a message of thanks."""

    case_id: int
    customer_id: int


class CaseSettled(Fact):
    """A solved case closed for good. how: `time` ran out, `confirmed` by the customer, or `at_once`."""

    case_id: int
    customer_id: int
    how: str


class ThanksTaken(Fact):
    """A message of the customer was taken as thanks: it opened nothing and started no clock."""

    case_id: int
    customer_id: int
    message_id: int
    says_solved: bool


class ThanksOverruled(Fact):
    """Somebody said that a message taken as thanks needs an answer after all."""

    case_id: int
    staff_id: int | None
    message_id: int


class CaseReopened(Fact):
    """An ended case started again."""

    case_id: int
    customer_id: int
    staff_id: int


class CasesMerged(Fact):
    """One case went into another; announced for both. The source ends with it, and no CaseClosed is announced.

    changes_audience: the two are of different customers.
    """

    case_id: int
    customer_id: int
    merge_id: int
    other_case_id: int
    is_source: bool
    changes_audience: bool


class MergeUndone(Fact):
    """Two cases that were one are two again; announced for both. The source is open again, without a CaseReopened."""

    case_id: int
    customer_id: int
    merge_id: int
    other_case_id: int
    is_source: bool
    changes_audience: bool


class CasesLinked(Fact):
    """Two cases were found to have to do with each other; announced for both. `link_kind`: read from the one."""

    case_id: int
    other_case_id: int
    link_kind: str
    is_one: bool


class CasesUnlinked(Fact):
    """A link between two cases was taken away; announced for both."""

    case_id: int
    other_case_id: int
    link_kind: str
    is_one: bool


class CaseSplit(Fact):
    """Messages of a case began one of their own; announced for both. The first keeps them: they are copied."""

    case_id: int
    other_case_id: int
    message_count: int
    is_new: bool


class ClosingRuleChanged(Fact):
    """A team closes and reopens by another rule from now on."""

    team_id: int
    reopening: str
    days: int
    owner: str


class IncidentProposed(Fact):
    """Somebody thinks that one cause is behind many cases; who leads decides."""

    case_id: int
    team_id: int
    incident_id: int


class IncidentDecided(Fact):
    """A proposed incident runs, or was refused."""

    case_id: int
    incident_id: int
    is_approved: bool


class IncidentEnded(Fact):
    """An incident is over; its cases stay as they are."""

    case_id: int
    incident_id: int


class JoinedIncident(Fact):
    """A case became part of an incident; `staff_id` is its owner, who keeps it."""

    case_id: int
    staff_id: int
    incident_id: int
    other_case_id: int


class LeftIncident(Fact):
    """A case is part of an incident no longer."""

    case_id: int
    incident_id: int
    other_case_id: int


class FollowUpPlanned(Fact):
    """Somebody shall be reminded of the case at a time, newly or at another one than before."""

    case_id: int
    staff_id: int
    follow_up_id: int
    due_at: datetime


class FollowUpDue(Fact):
    """The time of a follow-up has come; its person is told."""

    case_id: int
    staff_id: int
    follow_up_id: int


class FollowUpEnded(Fact):
    """A follow-up is done, or dropped."""

    case_id: int
    staff_id: int
    follow_up_id: int
    end: str


class CaseWatched(Fact):
    """Somebody follows the case from now on."""

    case_id: int
    staff_id: int


class CaseUnwatched(Fact):
    """Somebody follows the case no longer."""

    case_id: int
    staff_id: int
