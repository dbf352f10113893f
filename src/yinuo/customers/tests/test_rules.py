import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yinuo.customers import rules
from yinuo.customers.models import IdentityKind


@pytest.mark.parametrize(
    ("written", "stored", "key"),
    [
        ("Wang.Li@Example.COM", "Wang.Li@example.com", "wang.li@example.com"),
        (" <wang@example.com> ", "wang@example.com", "wang@example.com"),
        ("mailto:wang@example.com", "wang@example.com", "wang@example.com"),
        ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "wang@example.com", "wang@example.com"),
        ("wang@例子.中国", "wang@xn--fsqu00a.xn--fiqs8s", "wang@xn--fsqu00a.xn--fiqs8s"),
        ("wang@example.com.", "wang@example.com", "wang@example.com"),
        ("root@localhost", "root@localhost", "root@localhost"),
    ],
)
def test_a_mail_address_is_one_however_it_is_written(written, stored, key):
    identity = rules.normal_identity("mail", written)

    assert (identity.value, identity.key) == (stored, key)


@pytest.mark.parametrize("written", ["", "wang", "@example.com", "wang@", "a b@example.com", "a@b@c.com", "a@b,c.com"])
def test_what_is_no_mail_address_is_refused(written):
    with pytest.raises(rules.NotAMailAddress):
        rules.normal_identity("mail", written)


def test_a_typed_mail_address_needs_a_domain_with_a_dot():
    with pytest.raises(rules.NotAMailAddress):
        rules.check_deliverable(rules.normal_identity("mail", "wang@qq"))


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("８６１３８００１３８０００", "+8613800138000"),
        ("13800138000.0", "+8613800138000"),
        ("021-62501234", "+862162501234"),
        ("(021) 6250 1234 转 802", "+862162501234;ext=802"),
        ("021-62501234-802", "+862162501234;ext=802"),
        ("021-62501234分机802", "+862162501234;ext=802"),
        ("021-6250 1234 ext. 802", "+862162501234;ext=802"),
        ("+862162501234;ext=802", "+862162501234;ext=802"),
        ("400-820-8820", "+864008208820"),
        ("+852 9123 4567", "+85291234567"),
        ("00852 9123 4567", "+85291234567"),
        ("+1 415 555 0132", "+14155550132"),
        ("19100001111", "+8619100001111"),
        ("14000001111", "+8614000001111"),  # a block the tables do not know yet
    ],
)
def test_a_phone_number_becomes_e164_with_the_extension_of_a_landline(written, normal):
    assert rules.normal_identity("phone", written).key == normal


@pytest.mark.parametrize("written", ["", "abc", "62501234", "1380013800", "138001380001", "12345678901", "95588"])
def test_an_incomplete_phone_number_is_refused(written):
    with pytest.raises(rules.NotAPhoneNumber):
        rules.normal_identity("phone", written)


def test_a_phone_number_shortened_by_a_spreadsheet_is_refused_with_the_way_out():
    with pytest.raises(rules.PhoneNumberShortened) as refusal:
        rules.normal_identity("phone", "1.38E+10")

    assert refusal.value.code == "customers.phone_number_shortened"


def test_an_account_number_has_no_blanks_and_no_small_letters_and_an_open_id_keeps_them():
    assert rules.normal_identity("account_number", " kh 000 12a ").key == "KH00012A"
    assert rules.normal_identity("open_id", "oX7bC-x").key == "oX7bC-x"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("mail", "wangli@example.com", "w***@example.com"),
        ("phone", "+8613800136721", "138 **** 6721"),
        ("phone", "+862162501234;ext=802", "**** 1234"),
        ("phone", "+85291234567", "852 **** 4567"),
        ("account_number", "KH00012", "K****2"),
        ("account_number", "A1", "****"),
    ],
)
def test_an_identity_is_shown_masked(kind, value, shown):
    assert rules.masked_identity(kind, value) == shown


def test_a_mask_always_fits_its_column():
    assert len(rules.masked_identity("mail", f"w@{'a' * 300}.com")) == 120


def test_every_kind_of_identity_has_its_rule():
    assert {rules.MAIL, rules.PHONE, rules.OPEN_ID, rules.ACCOUNT_NUMBER} == set(IdentityKind.values)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("王丽", "wang li"),
        ("曾国藩", "zeng guo fan"),
        ("单田芳", "shan tian fang"),
        ("单于", "chan yu"),
        ("仇英", "qiu ying"),
        ("解缙", "xie jin"),
        ("查良镛", "zha liang yong"),
        ("盖叫天", "ge jiao tian"),
        ("朴槿惠", "piao jin hui"),
        ("尉迟恭", "yu chi gong"),
        ("重庆大学医院", "chong qing da xue yi yuan"),
        ("Ángel Núñez", "angel nunez"),
        ("李 Anna", "li anna"),
    ],
)
def test_names_sort_by_their_sound(name, key):
    assert rules.sort_key(name) == key


def test_a_name_loses_unseen_signs_and_needless_blanks():
    assert rules.clean_name("  Anna\u200b \x00 Schmidt\n") == "Anna Schmidt"
    assert rules.clean_name("曾\u3000敏") == "曾敏"
    with pytest.raises(rules.NameMissing):
        rules.clean_name(" \u200b\t")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("wang@example.com", ["mail", "account_number"]),
        ("13800138000", ["phone", "account_number", "open_id"]),
        ("王丽", ["account_number", "open_id"]),
    ],
)
def test_a_search_text_is_taken_for_every_identity_it_can_be(text, kinds):
    assert [identity.kind for identity in rules.identities_meant(text)] == kinds


@given(
    st.text(string.ascii_letters + string.digits + "._+-", min_size=1, max_size=30),
    st.from_regex(r"[a-z0-9]{1,20}\.(com|cn|net)", fullmatch=True),
)
def test_capitals_and_blanks_around_a_mail_address_make_no_difference(local, domain):
    first = rules.normal_identity("mail", f"{local}@{domain}")

    assert rules.normal_identity("mail", f" {local.upper()}@{domain.upper()} ").key == first.key
    assert rules.normal_identity("mail", first.value) == first


@given(
    st.integers(min_value=13_000_000_000, max_value=19_999_999_999), st.sampled_from(["", "+86", "86", "0086", "+86-"])
)
def test_every_mainland_mobile_is_one_number_with_any_prefix(number, prefix):
    identity = rules.normal_identity("phone", f"{prefix}{number}")

    assert identity.key == f"+86{number}"
    assert str(number)[3:7] not in identity.masked.replace(str(number)[-4:], "").replace(str(number)[:3], "")


@given(st.text(max_size=60))
@example("A\u200e\u0301")
def test_any_text_is_an_identity_or_refused_and_a_second_pass_changes_nothing(text):
    for kind in IdentityKind.values:
        try:
            identity = rules.normal_identity(kind, text)
        except (rules.NotAMailAddress, rules.NotAPhoneNumber, rules.NotAnIdentity, rules.PhoneNumberShortened):
            continue
        assert rules.normal_identity(kind, identity.value) == identity


@given(st.text(max_size=150))
def test_a_sort_key_fits_and_is_lower_case(name):
    key = rules.sort_key(name)

    assert len(key) <= 200
    assert key == key.casefold()
