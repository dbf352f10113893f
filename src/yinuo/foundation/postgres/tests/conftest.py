"""Homes for the embedded database's tests."""

import pytest

from yinuo.foundation.postgres.tests.people import Home, new_folder, normal_account, present_account


@pytest.fixture(params=["present", "normal"], scope="session")
def account(request):
    return present_account() if request.param == "present" else normal_account()


@pytest.fixture(scope="session")
def _shared_home(account):
    with new_folder(account) as folder:
        yield Home(account, folder)


@pytest.fixture
def home(_shared_home):
    """A home whose cluster exists and whose server does not run, before and after each test."""
    yield _shared_home
    _shared_home.forget_users()


@pytest.fixture
def new_home(account):
    """A home where nothing has ever been started."""
    with new_folder(account) as folder:
        made = Home(account, folder)
        yield made
        made.forget_users()
