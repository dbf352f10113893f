"""Learning from examples, answering honestly, abstaining, explaining."""

import numpy as np
import pytest

from yinuo.language.classifier import Report, learn
from yinuo.language.classifier.calibration import (
    Calibration,
    accuracy_at,
    expected_calibration_error,
    threshold_for,
)
from yinuo.language.classifier.features import Vocabulary, parts
from yinuo.language.refusals import TooFewExamples

REFUND = ["我要退款", "退款什么时候到账", "怎么申请退款", "refund my order", "where is my refund", "请给我退款"]
REPAIR = ["洗衣机坏了要维修", "请派师傅上门维修", "维修要多少钱", "repair my fridge", "the repair failed", "预约维修"]
INVOICE = [
    "开一张发票",
    "发票抬头写错了",
    "电子发票发到哪里",
    "send me the invoice",
    "the invoice is wrong",
    "补开发票",
]
TEXTS = [*REFUND, *REPAIR, *INVOICE]
LABELS = ["refund"] * 6 + ["repair"] * 6 + ["invoice"] * 6


@pytest.fixture(scope="module")
def learnt():
    return learn(TEXTS, LABELS, uses_meaning=False, wanted_accuracy=0.9)


def test_parts_are_neighbours_of_chinese_and_pieces_of_latin_words():
    assert list(parts("退款")) == ["退", "款", "退款"]
    assert list(parts("Ok")) == [" ok", "_o", "ok", "k_", "_ok", "ok_", "_ok_"]


def test_a_part_in_fewer_texts_weighs_more():
    vocabulary = Vocabulary.learnt(["退款", "退货"], least=1, most=10)

    # ln(3/3) + 1 for what stands in both, ln(3/2) + 1 for what stands in one.
    assert vocabulary.weights[vocabulary.columns["退"]] == pytest.approx(1.0)
    assert vocabulary.weights[vocabulary.columns["款"]] == pytest.approx(1.405465)


def test_the_row_of_a_text_has_length_one_and_of_an_unknown_one_none():
    vocabulary = Vocabulary.learnt(["退款", "退货"], least=1, most=10)

    assert np.linalg.norm(vocabulary.row("退款退款")[1]) == pytest.approx(1.0)
    assert len(vocabulary.row("hello")[0]) == 0


def test_a_text_gets_its_label_with_the_word_that_spoke_for_it(learnt):
    answer = learnt.classifier.answer("我想退款", threshold=0.0)

    assert answer.label == "refund"
    assert answer.because[0] == "退款"
    assert answer.ranked[0][0] == answer.best == "refund"
    assert sum(chance for _, chance in answer.ranked) == pytest.approx(1.0)


def test_below_the_threshold_the_model_abstains_and_still_says_what_it_thought(learnt):
    answer = learnt.classifier.answer("你好", threshold=0.9)

    assert answer.label is None
    assert answer.best in {"refund", "repair", "invoice"}
    assert answer.probability < 0.9


def test_the_report_counts_texts_that_were_held_out(learnt):
    assert learnt.report.count == 18
    assert {one.label: one.count for one in learnt.report.classes} == {"refund": 6, "repair": 6, "invoice": 6}
    assert "macro F1" in learnt.report.as_text()


def test_learning_twice_gives_the_same_numbers(learnt):
    again = learn(TEXTS, LABELS, uses_meaning=False, wanted_accuracy=0.9)

    assert np.array_equal(again.classifier.part_weights, learnt.classifier.part_weights)
    assert again.classifier.calibration == learnt.classifier.calibration


def test_meaning_carries_a_label_into_words_never_seen():
    done = learn(TEXTS, LABELS)

    assert done.classifier.answer("I want my money back", threshold=0.0).label == "refund"
    assert done.classifier.answer("机器出故障了，麻烦修一下", threshold=0.0).label == "repair"


@pytest.mark.parametrize(("texts", "labels"), [([], []), (["a", "b"], ["x", "x"]), (["a", "b"], ["x", "y"])])
def test_too_few_examples_are_refused(texts, labels):
    with pytest.raises(TooFewExamples) as refusal:
        learn(texts, labels, uses_meaning=False)

    assert "too few" in refusal.value.sentence()


def test_with_few_texts_a_model_learns_but_abstains():
    done = learn(["退款", "要退款", "维修", "要维修"], ["refund", "refund", "repair", "repair"], uses_meaning=False)

    assert done.report is None
    assert done.classifier.answer("退款").label is None
    assert done.classifier.answer("退款").best == "refund"


def test_a_report_has_the_figures_of_its_table():
    report = Report.of(
        truth=["a", "a", "a", "b"], called=["a", "a", "b", "b"], sureness=[0.9, 0.8, 0.6, 0.5], threshold=0.7
    )

    # a: 2 called, 2 right, 3 there. b: 2 called, 1 right, 1 there.
    assert [(one.label, one.precision, round(one.recall, 3), one.count) for one in report.classes] == [
        ("a", 1.0, 0.667, 3),
        ("b", 0.5, 1.0, 1),
    ]
    assert report.accuracy == 0.75
    assert report.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert (report.automatic_rate, report.automatic_accuracy) == (0.5, 1.0)


def test_calibration_error_is_the_gap_between_sure_and_right():
    # Ten answers at 0.85, of which seven are right: a gap of 0.15.
    assert expected_calibration_error(np.full(10, 0.85), np.arange(10) < 7) == pytest.approx(0.15)
    assert expected_calibration_error(np.array([]), np.array([], dtype=bool)) == 0.0


def test_the_threshold_is_the_least_that_keeps_the_wanted_accuracy():
    sure, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True])

    assert threshold_for(sure, right, accuracy=1.0) == 0.8
    assert threshold_for(sure, right, accuracy=0.75) == 0.6
    assert threshold_for(sure, ~right, accuracy=0.99) == 1.01
    assert accuracy_at(sure, right, share=0.5) == 1.0


def test_probabilities_come_back_from_simulated_scores():
    """Labels drawn from a known temperature and doubt: what is fitted gives nearly the same probabilities."""
    chance = np.random.default_rng(7)
    scores = chance.normal(size=(6_000, 4))
    known = Calibration(temperature=0.5, doubt=0.2).probabilities(scores)
    truth = np.array([chance.choice(4, p=row) for row in known])

    fitted = Calibration.fitted(scores, truth)

    assert fitted.temperature == pytest.approx(0.5, rel=0.15)
    assert fitted.doubt == pytest.approx(0.2, abs=0.05)
