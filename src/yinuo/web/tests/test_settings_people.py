"""People, teams and departments in the settings: adding, limits of roles, leaving, and what is refused."""

import pytest
from django.test import Client

from yinuo.access.actions import grant_role
from yinuo.access.models import RoleGrant
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House
from yinuo.foundation.models import FactRow
from yinuo.organisation.models import Department, Skill, Staff, Team
from yinuo.web.tests.test_settings_pages import sentences


@pytest.fixture
def admin(house: House, client: Client, settings) -> Client:
    """An administrator's browser, in English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(house.admin.account)
    return client


def person(house: House, **changes) -> dict:
    return {
        "name": "刘洋",
        "title": "客服专员",
        "department": house.department.pk,
        "region": house.region.pk,
        "level": 2,
        "capacity": 12,
        "languages": ["zh-hans", "en"],
    } | changes


def newcomer(house: House, **changes) -> dict:
    account = {"username": "liu", "email": "liu@henuan.example", "password": "a long enough phrase"}
    return person(house) | account | {"role": "agent", "teams": [house.team.pk]} | changes


class TestPeople:
    def test_somebody_new_can_sign_in_with_a_limited_role_in_a_team(self, admin: Client, house: House) -> None:
        answer = admin.post(
            "/settings/people", newcomer(house, limit_department=house.department.pk, limit_tier="gold")
        )

        liu = Staff.objects.get(account__username="liu")
        assert (answer.status_code, answer["Location"]) == (302, f"/settings/people/{liu.pk}")
        assert (liu.level, liu.capacity, liu.languages) == (2, 12, ["zh-hans", "en"])
        assert list(liu.teams.all()) == [house.team]
        grant = liu.account.grants.get()
        assert (grant.role, grant.department_id, grant.region_id, grant.tier) == (
            "agent",
            house.department.pk,
            None,
            "gold",
        )
        assert Client().login(username="liu", password="a long enough phrase")

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"username": "chen"}, "username", "There is already an account called chen."),
            ({"email": "chen@henuan.example"}, "email", "There is already an account with the address"),
            ({"password": "short"}, "password", "This password is too short."),
            ({"level": 6}, "level", "Ensure this value is less than or equal to 5."),
            ({"languages": []}, "languages", "This field is required."),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field_and_nobody_is_added(
        self, admin: Client, house: House, changes: dict, field: str, sentence: str
    ) -> None:
        answer = admin.post("/settings/people", newcomer(house, **changes))

        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert sentence in answer.context["form"].errors[field][0]
        assert not Staff.objects.filter(name="刘洋").exists()

    def test_people_are_found_by_name_team_and_role(self, admin: Client, house: House) -> None:
        def names(**wish) -> list[str]:
            return [one.name for one in admin.get("/settings/people", wish).context["people"]]

        assert sorted(names()) == ["周敏", "管理员", "赵宁", "陈晨"]
        assert names(q="陈") == ["陈晨"]
        assert names(q="zho") == ["周敏"]
        assert sorted(names(team=house.team.pk)) == ["周敏", "陈晨"]
        assert names(role="quality_manager") == ["赵宁"]
        assert names(gone="on") == []

    def test_pages_of_people_follow_each_other_without_a_gap(self, admin: Client, house: House) -> None:
        for number in range(60):
            admin.post("/settings/people", newcomer(house, username=f"p{number}", email="", password="", name="王芳"))

        first = admin.get("/settings/people", {"q": "王芳"})
        second = admin.get(first.context["older_url"])

        ids = [one.pk for page in (first, second) for one in page.context["people"]]
        assert ids == sorted(Staff.objects.filter(name="王芳").values_list("pk", flat=True))
        assert (len(ids), len(first.context["people"])) == (60, 50)

    def test_the_list_costs_the_same_for_few_and_many(
        self, admin: Client, house: House, django_assert_max_num_queries
    ) -> None:
        for number in range(5):
            admin.post("/settings/people", newcomer(house, username=f"p{number}", email="", password=""))

        with django_assert_max_num_queries(16):
            admin.get("/settings/people")

    def test_somebodys_details_skills_and_teams_are_changed(self, admin: Client, house: House) -> None:
        skill = Skill.objects.create(code="repair", name_zh="维修", name_en="Repair")
        chen = house.chen

        admin.post(f"/settings/people/{chen.pk}", person(house, name="陈晨晨"))
        admin.post(f"/settings/people/{chen.pk}/skills", {f"skill_{skill.pk}": "4"})
        admin.post(f"/settings/people/{chen.pk}/teams", {"team": house.other_team.pk, "is_leader": "on"})
        admin.post(f"/settings/people/{chen.pk}/teams/{house.team.pk}/leaving")

        chen.refresh_from_db()
        assert (chen.name, chen.account.__class__.objects.get(pk=chen.pk).name) == ("陈晨晨", "陈晨晨")
        assert list(chen.skills.values_list("skill__code", "level")) == [("repair", 4)]
        assert list(chen.memberships.values_list("team__code", "is_leader")) == [("delivery", True)]

    def test_a_role_is_given_within_limits_and_taken_away(self, admin: Client, house: House) -> None:
        path = f"/settings/people/{house.chen.pk}/roles"
        admin.post(path, {"role": "team_leader", "limit_region": house.region.pk})
        grant = RoleGrant.objects.get(account=house.chen.account, role=Role.TEAM_LEADER)
        assert grant.region_id == house.region.pk
        assert "East" in sentences(admin.get(f"/settings/people/{house.chen.pk}"))

        admin.post(f"{path}/{grant.pk}/taking")

        assert [one.role for one in house.chen.account.grants.all()] == ["agent"]

    def test_the_last_administrator_keeps_the_role(self, admin: Client, house: House) -> None:
        grant_role(
            account=house.chen.account,
            role=Role.ADMINISTRATOR,
            department_id=house.department.pk,
            by=SYSTEM,
            at=BEGINNING,
        )
        grant = house.admin.account.grants.get()

        answer = admin.post(f"/settings/people/{house.admin.pk}/roles/{grant.pk}/taking", follow=True)

        assert "This is the only administrator without limits." in sentences(answer)
        assert house.admin.account.grants.get() == grant

    def test_nobody_leaves_while_customers_wait_for_them(self, admin: Client, house: House, monday_nine) -> None:
        house.open(at=monday_nine)

        answer = admin.post(f"/settings/people/{house.chen.pk}/leaving", follow=True)

        assert "陈晨 still owns 1 open cases." in sentences(answer)
        house.chen.refresh_from_db()
        assert house.chen.left_at is None

    def test_whoever_left_can_no_longer_sign_in_until_they_return(self, admin: Client, house: House) -> None:
        admin.post(f"/settings/people/{house.zhao.pk}/leaving")
        assert not Client().login(username="zhao", password="test-password-1")

        admin.post(f"/settings/people/{house.zhao.pk}/return")
        assert Client().login(username="zhao", password="test-password-1")

    def test_nobody_ends_their_own_account(self, admin: Client, house: House) -> None:
        answer = admin.post(f"/settings/people/{house.admin.pk}/leaving", follow=True)

        assert "You cannot end your own account." in sentences(answer)


class TestStructure:
    def test_a_team_is_added_and_takes_over_the_rest(self, admin: Client, house: House) -> None:
        form = {"code": "vip", "name_zh": "贵宾组", "name_en": "VIP", "department": house.department.pk}

        admin.post("/settings/structure/team/new", form | {"is_fallback": "on"})

        assert list(Team.objects.filter(is_fallback=True).values_list("code", flat=True)) == ["vip"]

    @pytest.mark.parametrize(
        ("kind", "row", "changes", "field"),
        [
            ("team", "team", {"code": "delivery", "is_fallback": "on"}, "code"),
            ("team", "team", {"code": "aftersales"}, "is_fallback"),
            ("department", "department", {"code": "service", "parent": "itself"}, "parent"),
        ],
    )
    def test_what_is_refused_stands_beside_its_field(
        self, admin: Client, house: House, kind: str, row: str, changes: dict, field: str
    ) -> None:
        found = getattr(house, row)
        form = {"name_zh": "甲", "name_en": "A", "department": house.department.pk} | changes
        if form.get("parent"):
            form["parent"] = found.pk

        answer = admin.post(f"/settings/structure/{kind}/{found.pk}", form)

        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]

    @pytest.mark.parametrize("kind", ["region", "skill", "post", "department"])
    def test_simple_lists_take_new_rows(self, admin: Client, house: House, kind: str) -> None:
        form = {"code": "new-one", "name_zh": "新", "name_en": "Brand new", "department": house.department.pk}

        admin.post(f"/settings/structure/{kind}/new", form)

        assert "Brand new" in sentences(admin.get("/settings/structure"))

    def test_a_row_is_renamed(self, admin: Client, house: House) -> None:
        form = {"code": "service", "name_zh": "客服中心", "name_en": "Care centre"}

        admin.post(f"/settings/structure/department/{house.department.pk}", form)

        assert Department.objects.get(code="service").name_zh == "客服中心"


class TestOwnPresenceAndLanguage:
    def test_presence_is_what_one_says(self, house: House, client: Client) -> None:
        client.force_login(house.chen.account)

        client.post("/settings/account/presence", {"presence": "available"})

        house.chen.refresh_from_db()
        assert house.chen.presence == "available"
        assert FactRow.objects.filter(type="organisation.presence_changed", staff_id=house.chen.pk).count() == 1

    def test_the_language_is_kept_with_the_account(self, house: House, client: Client) -> None:
        client.force_login(house.chen.account)

        answer = client.post("/settings/account/language", {"language": "en"}, follow=True)

        house.chen.account.refresh_from_db()
        assert house.chen.account.language == "en"
        assert "The language is saved." in sentences(answer)

    def test_an_unknown_language_is_refused_in_a_sentence(self, admin: Client) -> None:
        answer = admin.post("/settings/account/language", {"language": "tlh"}, follow=True)

        assert "Yinuo does not speak tlh. Choose from: zh-hans, en." in sentences(answer)
