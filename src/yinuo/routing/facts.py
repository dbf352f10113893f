"""What can happen to categories."""

from yinuo.foundation.facts import Fact


class CategoryChanged(Fact):
    """A category was added or changed; cases keep the code they have."""

    category_id: int
