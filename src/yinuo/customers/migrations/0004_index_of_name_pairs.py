"""An index that finds two Chinese characters in names, which the trigram index cannot.

Locks: none that stops work; the index is built beside it.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from yinuo.foundation.words import Pairs


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0003_by_beginning"), ("foundation", "0004_pairs_of_chinese")]
    operations = [AddIndexConcurrently("customer", GinIndex(Pairs("name"), name="customers_name_pairs"))]
