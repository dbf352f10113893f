"""Why a text cannot be understood the way somebody asked."""

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal


class TooFewExamples(Refusal):
    """Nothing can be learnt: fewer than two labels have two texts."""

    code = "language.too_few_examples"
    status = 422

    def sentence(self) -> str:
        return (
            _(
                "%(count)s examples with %(labels)s labels are too few to learn from. Give at least two labels with "
                "two texts each; thirty texts for each label are a good beginning."
            )
            % self.details
        )


class NoSuchModel(Refusal):
    """No model has this name and version."""

    code = "language.no_such_model"
    status = 404

    def sentence(self) -> str:
        return _("There is no model %(name)s %(version)s. See all with: yinuo train --list.") % self.details


class BrokenModel(Refusal):
    """A model's files are missing, were changed after they were written, or do not fit each other."""

    code = "language.broken_model"
    status = 409

    def sentence(self) -> str:
        return (
            _(
                "The files of the model %(name)s %(version)s are not as they were written. Use another version, or "
                "train again."
            )
            % self.details
        )


class NoAnswer(Refusal):
    """The optional language model is not configured, did not answer in time, or answered what cannot be read."""

    code = "language.no_answer"
    status = 503

    def sentence(self) -> str:
        return _("The language model gave no answer (%(why)s). Go on without it, or try again later.") % self.details


class UnreadableTable(Refusal):
    """A table of examples cannot be read, or lacks a column that was named."""

    code = "language.unreadable_table"
    status = 422

    def sentence(self) -> str:
        return (
            _(
                "%(file)s cannot be used: it must be a CSV file in UTF-8 (.csv or .csv.gz) with rows and the columns "
                "%(columns)s. Name its columns with --text, --label and --split."
            )
            % self.details
        )
