"""A classifier of texts: learns from examples with labels, answers with honest probabilities, or not at all.

`TextClassifier.learnt(texts, labels)` learns; `answer(text)` gives the label, how sure it is, the next best, and the
words that spoke for it. Under its threshold it abstains. Used for sentiment, and for whatever a house sorts.
"""

from yinuo.language.classifier.learning import learn
from yinuo.language.classifier.model import Answer, TextClassifier
from yinuo.language.classifier.report import ClassReport, Report

__all__ = ["Answer", "ClassReport", "Report", "TextClassifier", "learn"]
