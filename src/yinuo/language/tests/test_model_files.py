"""Models are kept with a card, chosen, noticed by running processes, and never trusted blindly."""

import csv
import json
from datetime import UTC, datetime

import numpy as np
import pytest

from yinuo.language import model_files
from yinuo.language.classifier import learn
from yinuo.language.model_files import Card, ModelFiles, new_version
from yinuo.language.refusals import BrokenModel, NoSuchModel, UnreadableTable
from yinuo.language.training import Table, train

AT = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
ONE = learn(
    ["退款", "要退款", "维修", "要维修"], ["refund", "refund", "repair", "repair"], uses_meaning=False
).classifier
OTHER = learn(
    ["退款", "要退款", "发票", "要发票"], ["refund", "refund", "invoice", "invoice"], uses_meaning=False
).classifier


def card(version: str, name: str = "topic") -> Card:
    return Card(name=name, version=version, learnt_at=f"2026-11-03T01:00:0{version[-1]}+00:00", learnt_from="a test",
                licence="ours", examples_count=4, labels=(), features="words", scores={}, limits=("tiny",))  # fmt: skip


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(model_files, "_LOOK_AGAIN_SECONDS", 0.0)
    return ModelFiles(tmp_path / "models")


def test_a_kept_model_answers_as_the_one_that_was_learnt(files):
    files.save(ONE, card("v1"))
    files.activate("topic", "v1")

    read = files.current("topic")

    assert np.array_equal(read.part_weights, ONE.part_weights)
    assert read.answer("要维修") == ONE.answer("要维修")
    assert files.cards("topic")[0].labels == ("refund", "repair")


def test_another_process_notices_a_new_version_and_the_old_one_stays(files):
    other_process = ModelFiles(files.root)
    files.save(ONE, card("v1"))
    files.activate("topic", "v1")
    assert other_process.current("topic").labels == ("refund", "repair")

    files.save(OTHER, card("v2"))
    assert other_process.current("topic").labels == ("refund", "repair")  # kept is not yet used
    files.activate("topic", "v2")
    assert other_process.current("topic").labels == ("invoice", "refund")

    files.activate("topic", "v1")
    assert other_process.current("topic").labels == ("refund", "repair")
    assert [one.version for one in files.cards("topic")] == ["v2", "v1"]


@pytest.mark.parametrize("file", ["arrays.npz", "words.json"])
def test_a_model_that_was_changed_on_the_disk_cannot_be_chosen(files, file):
    files.save(ONE, card("v1"))
    with (files.root / "topic" / "v1" / file).open("ab") as kept:
        kept.write(b" ")

    with pytest.raises(BrokenModel):
        files.activate("topic", "v1")


def test_numbers_of_another_shape_are_refused(files):
    files.save(ONE, card("v1"))
    folder = files.root / "topic" / "v1"
    stored = json.loads((folder / "words.json").read_text())
    (folder / "words.json").write_text(json.dumps(stored | {"labels": ["one"]}))
    told = json.loads((folder / "card.json").read_text())
    told["checksums"]["words.json"] = model_files._checksum(folder / "words.json")
    (folder / "card.json").write_text(json.dumps(told))

    with pytest.raises(BrokenModel):
        files.activate("topic", "v1")


def test_a_pickle_in_the_place_of_numbers_is_not_opened(files):
    files.save(ONE, card("v1"))
    folder = files.root / "topic" / "v1"
    np.savez(folder / "arrays.npz", part_weights=np.array([{"a": 1}], dtype=object))
    told = json.loads((folder / "card.json").read_text())
    told["checksums"]["arrays.npz"] = model_files._checksum(folder / "arrays.npz")
    (folder / "card.json").write_text(json.dumps(told))

    with pytest.raises(BrokenModel):
        files.activate("topic", "v1")


def test_when_the_version_in_use_breaks_the_one_held_stays_in_use(files, caplog):
    files.save(ONE, card("v1"))
    files.activate("topic", "v1")
    files.current("topic")
    (files.root / "topic" / "current").write_text("v9")

    assert files.current("topic").labels == ("refund", "repair")
    assert "model cannot be read" in caplog.text


def test_a_fresh_installation_has_the_shipped_model(files):
    assert files.current_version("sentiment") == "shipped"
    assert files.current("sentiment").labels == ("negative", "neutral", "positive")
    assert files.names() == ["sentiment"]


@pytest.mark.parametrize("name", ["../keys", "", "A", "a/b"])
def test_a_name_cannot_lead_out_of_the_folder(files, name):
    with pytest.raises(NoSuchModel):
        files.current(name)
    with pytest.raises(NoSuchModel):
        files.activate("topic", name)


def test_versions_stand_in_the_order_of_time():
    assert new_version(AT).startswith("20261103-010000-")


def table(path, rows, split=False):
    with path.open("w", encoding="utf-8", newline="") as kept:
        writer = csv.writer(kept)
        writer.writerow(["text", "label", "split"][: 2 + split])
        writer.writerows(rows)
    return Table(path, split="split" if split else "")


def test_training_tests_on_the_rows_that_the_table_keeps_for_it(tmp_path):
    rows = [(f"退款{number}", "refund", "train") for number in range(6)]
    rows += [(f"维修{number}", "repair", "train") for number in range(6)]
    rows += [("要退款", "refund", "test"), ("要维修", "repair", "test")]

    trained = train("topic", [table(tmp_path / "a.csv", rows, split=True)], licence="ours", at=AT, uses_meaning=False)

    assert trained.card.examples_count == 12
    assert (trained.reports["a.csv"].count, trained.reports["a.csv"].accuracy) == (2, 1.0)
    assert trained.card.learnt_at == "2026-11-03T01:00:00+00:00"


def test_sentiment_reads_the_usual_words_for_good_and_bad(tmp_path):
    rows = [(f"好吃{number}", "1") for number in range(9)] + [(f"难吃{number}", "差评") for number in range(9)]

    trained = train("sentiment", [table(tmp_path / "b.csv", rows)], licence="ours", at=AT, uses_meaning=False)

    assert trained.classifier.labels == ("negative", "neutral", "positive")
    assert "sentences of our own" in trained.card.learnt_from


def test_a_table_without_the_columns_is_refused(tmp_path):
    with pytest.raises(UnreadableTable) as refusal:
        train("topic", [Table(table(tmp_path / "c.csv", [("a", "b")]).path, label="kind")], licence="ours", at=AT)
    with pytest.raises(UnreadableTable):
        train("topic", [Table(tmp_path / "absent.csv")], licence="ours", at=AT)

    assert "text, kind" in refusal.value.sentence()
