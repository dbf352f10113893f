"""To which case a mail belongs (field rules 1 to 14)."""

from hypothesis import given
from hypothesis import strategies as st

from yinuo.intake.mail.reading import (
    Candidate,
    Found,
    OwnId,
    Recipient,
    find_thread,
    looks_like_own_id,
    make_body_mark,
    make_message_id,
    read_body_mark,
    read_message_id,
    tool_thread,
    wanted,
)
from yinuo.intake.mail.reading.tests.letters import read

KEY, OLD_KEY = b"k" * 32, b"o" * 32
KEYS = (KEY, OLD_KEY)
SERVICE, REPAIR = "service@yinuo.example", "repair@yinuo.example"
CASE = Candidate("YN-261122-0386", SERVICE, "空气净化器退款", frozenset({"wang@example.com"}))
OTHER = Candidate("YN-261122-0394", SERVICE, "安装", frozenset({"li@example.com"}))
OURS = make_message_id(KEY, 7, 9, "yinuo.example")
FOUND = Found(
    own={OwnId(7, 9): CASE, OwnId(8, 1): OTHER},
    messages={"first@example.com": CASE},
    cases={"YN-261122-0386": CASE, "YN-261122-0394": OTHER},
)
WANG = Recipient("wang@example.com", SERVICE)
STRANGER = Recipient("stranger@example.net", SERVICE)
CHEN = Recipient("chen@yinuo.example", SERVICE, is_staff=True)


def is_reference(text: str) -> bool:
    return text in FOUND.cases


def find(mail, recipient=WANG, found=FOUND):
    return find_thread(mail, found, recipient, keys=KEYS, is_reference=is_reference)


def test_an_answer_to_our_mail_joins_its_case():
    match = find(read("Subject: 完全不同的主题", f"In-Reply-To: <{OURS}>"))

    assert (match.case_reference, match.by, match.trusted) == ("YN-261122-0386", "in_reply_to", True)


def test_references_are_read_from_right_to_left():
    newer = make_message_id(KEY, 8, 1, "yinuo.example")
    match = find(read("Subject: Re: 安装", f"References: <{OURS}> <{newer}>"))

    assert (match.case_reference, match.by) == ("YN-261122-0394", "references")


def test_in_reply_to_goes_before_references_and_subject():
    newer = make_message_id(KEY, 8, 1, "yinuo.example")
    mail = read("Subject: YN-261122-0394 安装", f"References: <{newer}>", f"In-Reply-To: <{OURS}>")

    assert find(mail).case_reference == "YN-261122-0386"


def test_only_references_and_another_subject_is_a_new_case():
    match = find(read("Subject: 新的问题：发票", f"References: <{OURS}>"))

    assert match.case_reference is None
    assert match.reason == "only References name YN-261122-0386, and the subject is another"


def test_only_references_and_the_same_subject_joins():
    assert find(read("Subject: 回复：Re: 空气净化器退款", f"References: <{OURS}>")).case_reference == "YN-261122-0386"


def test_a_guessed_id_of_ours_joins_nothing():
    forged = OURS.replace("yn.7.9.", "yn.7.10.")
    match = find(read(f"In-Reply-To: <{forged}>"), found=Found(own={OwnId(7, 10): CASE}, messages={forged: CASE}))

    assert match.case_reference is None
    assert match.reason == "an id looks like ours, but its hash is wrong"


def test_a_stored_mail_of_the_customer_joins_and_is_trusted_only_from_people_of_the_case():
    mail = read("Subject: Re: 空气净化器退款", "In-Reply-To: <first@example.com>")

    assert find(mail).trusted
    assert find(mail, STRANGER).case_reference == "YN-261122-0386"
    assert not find(mail, STRANGER).trusted


def test_the_mark_in_the_body_joins_when_the_headers_were_lost():
    mail = read("Subject: x", body=f"好的\n> 原文 {make_body_mark(KEY, 7, 9)}")

    assert (find(mail).case_reference, find(mail).by) == ("YN-261122-0386", "body_mark")


def test_a_case_number_in_the_body_is_never_searched_for():
    assert find(read("Subject: x", body="单号 YN-261122-0386")).case_reference is None


def test_the_subject_counts_for_people_of_the_case():
    match = find(read("Subject: Re: [YN-261122-0386] 退款"))

    assert (match.case_reference, match.by, match.trusted) == ("YN-261122-0386", "subject", True)


def test_a_stranger_with_the_right_number_is_kept_apart():
    match = find(read("Subject: [YN-261122-0386] 退款"), STRANGER)

    assert (match.case_reference, match.is_quarantined, match.named_reference) == (None, True, "YN-261122-0386")
    assert match.reason == "the subject names YN-261122-0386, but the sender takes no part in it"


def test_a_number_with_a_wrong_check_digit_is_no_reference():
    assert find(read("Subject: [YN-261122-0387] 退款")).reason == "nothing names a case"


def test_a_customers_mail_never_crosses_mailboxes_but_a_colleagues_may():
    mail = read("Subject: Re: x", f"In-Reply-To: <{OURS}>")

    assert find(mail, Recipient("wang@example.com", REPAIR)).reason == "YN-261122-0386 runs over another mailbox"
    assert find(mail, Recipient("chen@yinuo.example", REPAIR, is_staff=True)).case_reference == "YN-261122-0386"


def test_a_colleagues_forward_of_a_notification_to_another_mailbox_is_a_new_case():
    mail = read("Subject: Fwd: 空气净化器退款", f"References: <{OURS}>", f"In-Reply-To: <{OURS}>")

    assert find(mail, Recipient("chen@yinuo.example", REPAIR, is_staff=True)).case_reference is None
    assert find(mail, CHEN).case_reference == "YN-261122-0386"


def test_an_answer_to_an_internal_message_stays_internal():
    internal = Candidate("YN-261122-0386", SERVICE, "x", is_internal=True)
    match = find(read(f"In-Reply-To: <{OURS}>"), CHEN, Found(own={OwnId(7, 9): internal}))

    assert match.is_internal


def test_what_to_look_up_is_said_in_one_go():
    mail = read(
        "Subject: [YN-261122-0386] yn-261122-0394 YN-261122-0387",
        f"In-Reply-To: <{OURS}>",
        f"References: <first@example.com> <{OURS}> <{OURS.replace('.9.', '.10.')}>",
    )
    keys = wanted(mail, KEYS, is_reference)

    assert keys.own == (OwnId(7, 9),)
    assert keys.message_ids == ("first@example.com",)
    assert keys.references == ("YN-261122-0386", "YN-261122-0394")


def test_ids_of_a_retired_key_stay_valid_while_the_key_is_given():
    old = make_message_id(OLD_KEY, 7, 9, "yinuo.example")

    assert read_message_id(KEYS, old) == OwnId(7, 9)
    assert read_message_id((KEY,), old) is None
    assert looks_like_own_id(old)


def test_the_hash_of_an_id_is_long_enough_to_resist_guessing():
    assert len(OURS.partition("@")[0].split(".")[3]) == 20  # 100 bits


def test_a_mark_is_no_id_and_an_id_no_mark():
    assert read_body_mark(KEYS, f"[{OURS.partition('@')[0].replace('yn.', 'yn:', 1)}]") is None


@given(
    st.integers(0, 10**18 - 1),
    st.integers(0, 10**18 - 1),
    st.integers(0, 19),
    st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"),
)
def test_no_changed_id_is_accepted(conversation_id, message_id, place, sign):
    genuine = make_message_id(KEY, conversation_id, message_id, "yinuo.example")
    assert read_message_id(KEY, f"<{genuine.upper()}>") == OwnId(conversation_id, message_id)

    start = genuine.index("@") - 20 + place
    changed = genuine[:start] + sign + genuine[start + 1 :]
    assert changed == genuine or read_message_id(KEY, changed) is None


def test_jira_mails_about_one_issue_meet_under_its_number():
    first = read(
        "X-JIRA-FingerPrint: a", "Subject: [JIRA] (NET-77) Line down", "In-Reply-To: <JIRA.1.1@Atlassian.JIRA>"
    )
    later = read("Subject: [JIRA] (NET-77) Line down", "In-Reply-To: <JIRA.1.1.2@Atlassian.JIRA>")

    assert tool_thread(first).thread_id == tool_thread(later).thread_id == "net-77@jira.tool.invalid"
    assert find(later, found=Found(messages={"net-77@jira.tool.invalid": CASE})).case_reference == "YN-261122-0386"


def test_servicenow_mails_meet_under_their_number_and_people_who_type_one_do_not():
    assert tool_thread(read("Subject: INC0012345 opened", sender="it@acme.service-now.com")).number == "INC0012345"
    assert tool_thread(read("Subject: INC0012345 and NET-77")) is None
