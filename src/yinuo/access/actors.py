"""Who acts: every action takes an actor, and every fact carries the actor's key."""

from dataclasses import dataclass, field

from yinuo.foundation.refusals import NotAllowed

from .roles import PERMISSIONS, Role


@dataclass(frozen=True)
class Grant:
    """A role, limited to a department, a region, a tier; None means no limit."""

    role: Role
    department_id: int | None = None
    region_id: int | None = None
    tier: str | None = None


@dataclass(frozen=True)
class Actor:
    """A person or a part of the system. `token_scopes` None: no token narrows what the grants allow."""

    kind: str
    id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    token_scopes: frozenset[str] | None = None
    detail: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """Return the stable key facts carry: `staff:12`, `customer:7`, `system:mail`."""
        return f"{self.kind}:{self.id if self.id is not None else self.detail}"

    @property
    def staff_id(self) -> int | None:
        return self.id if self.kind == "staff" else None

    @property
    def customer_id(self) -> int | None:
        return self.id if self.kind == "customer" else None

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def may(self, permission: str) -> bool:
        """Return whether any of the roles allows this; the system itself may do everything it has code for."""
        if self.is_system:
            return True
        if self.token_scopes is not None and not _token_allows(self.token_scopes, permission):
            return False
        return any(permission in PERMISSIONS[role] for role in self.roles)

    def require(self, permission: str) -> None:
        """Pass, or refuse with NotAllowed."""
        if not self.may(permission):
            raise NotAllowed(permission=permission)

    @classmethod
    def system(cls, part: str) -> "Actor":
        """Return the actor for what the system does by itself: `system:mail`, `system:clock`."""
        return cls(kind="system", detail=part)

    @classmethod
    def staff(cls, staff_id: int, *, name: str = "", grants: tuple[Grant, ...] = ()) -> "Actor":
        """Return the actor for a member of staff; the id is also that of the account."""
        return cls(kind="staff", id=staff_id, name=name, grants=grants)

    @classmethod
    def customer(cls, customer_id: int, *, name: str = "") -> "Actor":
        """Return the actor for a customer who acts through a tracking link or the portal."""
        return cls(kind="customer", id=customer_id, name=name)


def _token_allows(scopes: frozenset[str], permission: str) -> bool:
    """Return whether a token scope covers a permission: `cases:read` covers viewing, `cases:write` all of cases."""
    folder, verb = permission.split(".", 1)
    if folder == "desk":
        return False
    return f"{folder}:write" in scopes or (verb == "view" and f"{folder}:read" in scopes)
