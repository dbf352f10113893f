"""Accounts of everybody who signs in, their roles and tokens, and the trail of who looked at what."""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from .actors import Actor, Grant
from .roles import Role


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, email: str = "", password: str | None = None, **more: Any) -> "Account":
        """Make an account; used by allauth and by the action `add_account`."""
        account = self.model(username=username.strip().lower(), email=self.normalize_email(email).lower(), **more)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=(username or "").lower())


class Account(AbstractBaseUser):
    """Somebody who signs in. Staff have a row of the same id in `organisation`."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, default="zh-hans")
    list_columns = models.JSONField(default=dict, blank=True, help_text="List -> the columns last chosen there.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=~models.Q(email=""), name="one_account_per_mail_address"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def as_actor(self, *, token_scopes: frozenset[str] | None = None) -> Actor:
        """Return who acts when this account acts, with its roles as they are now."""
        grants = tuple(grant.as_grant() for grant in self.grants.all())
        return Actor(kind="staff", id=self.pk, name=self.name, grants=grants, token_scopes=token_scopes)


class RoleGrant(models.Model):
    """A role given to an account, limited to a department, a region, a tier; empty means no limit.

    Departments and regions live in a later folder, so only their ids are kept here.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    department_id = models.BigIntegerField(null=True, blank=True)
    region_id = models.BigIntegerField(null=True, blank=True)
    tier = models.CharField(max_length=20, null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "department_id", "region_id", "tier"],
                nulls_distinct=False,
                name="one_grant_per_role_and_scope",
            )
        ]

    def as_grant(self) -> Grant:
        return Grant(Role(self.role), self.department_id, self.region_id, self.tier)


class ApiToken(models.Model):
    """A key for programs. Only its hash is kept; the token itself is shown once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    @staticmethod
    def digest_of(token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()

    def is_valid(self, *, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class Reveal(models.Model):
    """Somebody looked at a personal value in clear: who, which field of whom, when, why."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="reveals")
    customer_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="access_reveal_account_at")]
