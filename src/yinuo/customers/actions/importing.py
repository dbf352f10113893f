"""Importing customers from a table file, a batch of rows at a time.

A batch and the count of rows read commit together. A process may therefore die at any moment: whoever continues the run
reads on behind the last row that was stored, and no row is lost or taken twice.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.customers.facts import CompanyAdded, ImportCancelled, ImportFailed, ImportFinished, ImportStarted
from yinuo.customers.importing.files import FileMissing, Row, digest_of, look_at, rows_of, written
from yinuo.customers.importing.mapping import check_mapping
from yinuo.customers.importing.rows import RowDraft, RowReader
from yinuo.customers.importing.sorting import Key, KnownOwners, Sorted, sort_out
from yinuo.customers.models import Company, Customer, Identity, ImportRun, RejectedRow
from yinuo.foundation.facts import Fact, announce
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Region

from .people import CustomerDetails, customer_row, facts_of_adding, identity_row
from .taken import is_taken

BATCH_ROWS = 200
_ATTEMPTS = 5
_UNFINISHED = (ImportRun.State.WAITING, ImportRun.State.RUNNING, ImportRun.State.FAILED)
# Any number will do as long as nothing else locks it: batches run one after the other, so that two imports at once
# make one company of one name and never wait for each other in a circle.
_BATCH_LOCK = 7_203_541_001


class FileChanged(Refusal):
    code = "customers.file_changed"

    def sentence(self) -> str:
        return _(
            "The file %(name)s was changed after its import began, so the rows left cannot be told. "
            "Cancel this import and start a new one: customers stored already count as duplicates."
        ) % {"name": self.name}


class ImportReader:
    """The open file of a run. Keep one between batches: a new one reads the file from its beginning again.

    In a dry run it also remembers whom the rows before would have added.
    """

    def __init__(self, run: ImportRun, *, at: datetime) -> None:
        """Refuses with FileMissing, FileChanged."""
        self._path = Path(run.path)
        try:
            digest = digest_of(self._path)
        except OSError as error:
            raise FileMissing(path=run.path) from error
        if digest != run.digest:
            raise FileChanged(name=run.file_name)
        self.would_add = KnownOwners()
        self._run = run
        self._drafts = RowReader(header=run.header, mapping=run.mapping, regions=_region_words(), today=at.date())
        self._rows: Iterator[Row] = iter(())
        self._position = -1

    def next_rows(self, read_count: int) -> list[Row]:
        """Return the next batch behind the first `read_count` rows."""
        if self._position != read_count:
            self._go_to(read_count)
        rows = list(islice(self._rows, BATCH_ROWS))
        self._position += len(rows)
        return rows

    def draft(self, row: Row) -> RowDraft:
        """Return what a row says. Refuses with RowRejected."""
        return self._drafts.draft(row)

    def _go_to(self, read_count: int) -> None:
        self._rows = rows_of(self._path, self._run.encoding, self._run.delimiter)
        self.would_add = KnownOwners()
        passed = islice(self._rows, read_count)
        if self._run.is_dry_run:
            sort_out(passed, self.draft, also_known=self.would_add)
        else:
            deque(passed, maxlen=0)
        self._position = read_count


@transaction.atomic
def start_import(
    *, path: Path, mapping: Mapping[str, str], source: str, dry_run: bool = False, by: Actor, at: datetime
) -> ImportRun:
    """Look through a file and begin its import; nothing is stored of it yet. A broken file is refused whole.

    An unfinished run of the same file with the same mapping is returned instead of a second one, so that starting
    again after a crash continues. mapping: field -> name of the column, see `importing.mapping.FIELDS`.
    Refuses with NotAllowed and the refusals of `importing.files.look_at` and `importing.mapping.check_mapping`.
    Announces ImportStarted.
    """
    by.require("customers.import")
    file = look_at(path)
    check_mapping(mapping, file.header)
    _one_at_a_time()
    same = ImportRun.objects.filter(
        digest=file.digest, mapping=dict(mapping), is_dry_run=dry_run, state__in=_UNFINISHED
    )
    if unfinished := same.order_by("id").first():
        unfinished.path = str(path.resolve())
        unfinished.save(update_fields=["path"])
        return unfinished
    run = ImportRun.objects.create(
        file_name=path.name,
        path=str(path.resolve()),
        digest=file.digest,
        encoding=file.encoding,
        delimiter=file.delimiter,
        header=list(file.header),
        mapping=dict(mapping),
        source=source,
        is_dry_run=dry_run,
        row_count=file.row_count,
        by_staff_id=by.staff_id,
        created_at=at,
    )
    announce(ImportStarted(run_id=run.pk, row_count=run.row_count, is_dry_run=dry_run), by=by, at=at)
    return run


def continue_import(*, run: ImportRun, reader: ImportReader | None = None, by: Actor, at: datetime) -> ImportRun:
    """Read the next batch of rows and return the run as it then stands; a finished or cancelled one is left alone.

    reader: the one used for the batch before, for speed. When the file can no longer be read, the run becomes failed
    with the reason in `problem`, and can be continued once the file is back.
    Refuses with NotAllowed, FileMissing, FileChanged. Announces CustomerAdded, IdentityAdded, CompanyAdded for what was
    stored, ImportFinished at the end, ImportFailed.
    """
    by.require("customers.import")
    try:
        reader = reader or ImportReader(run, at=at)
        for _attempt in range(_ATTEMPTS):
            try:
                return _read_batch(run.pk, reader, by=by, at=at)
            except IntegrityError as error:
                # A mail or a colleague brought one of these identities just now; the next look sees it.
                if not is_taken(error):
                    raise
    except Refusal as refusal:
        _fail(run.pk, refusal, by=by, at=at)
        raise
    raise RuntimeError("identities of this batch were taken anew at every attempt")


def run_import_to_end(
    *,
    run: ImportRun,
    by: Actor,
    clock: Callable[[], datetime],
    after_batch: Callable[[ImportRun], None] | None = None,
) -> ImportRun:
    """Continue an import until it is done or somebody cancels it. `after_batch` may show progress.

    Refuses as `continue_import` does.
    """
    by.require("customers.import")
    reader = None
    while run.state in _UNFINISHED:
        if reader is None:
            reader = _opened(run, by=by, at=clock())
        run = continue_import(run=run, reader=reader, by=by, at=clock())
        if after_batch:
            after_batch(run)
    return run


@transaction.atomic
def cancel_import(*, run: ImportRun, by: Actor, at: datetime) -> ImportRun:
    """Stop an import behind its last batch; customers it stored stay. A finished one is left alone.

    Refuses with NotAllowed. Announces ImportCancelled.
    """
    by.require("customers.import")
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state in _UNFINISHED:
        run.state, run.finished_at = ImportRun.State.CANCELLED, at
        run.save(update_fields=["state", "finished_at"])
        announce(ImportCancelled(run_id=run.pk, read_count=run.read_count), by=by, at=at)
    return run


def _opened(run: ImportRun, *, by: Actor, at: datetime) -> ImportReader:
    try:
        return ImportReader(run, at=at)
    except Refusal as refusal:
        _fail(run.pk, refusal, by=by, at=at)
        raise


@transaction.atomic
def _read_batch(run_id: int, reader: ImportReader, *, by: Actor, at: datetime) -> ImportRun:
    _one_at_a_time()
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state not in _UNFINISHED:
        return run
    rows = reader.next_rows(run.read_count)
    found = sort_out(rows, reader.draft, also_known=reader.would_add if run.is_dry_run else None)
    if not run.is_dry_run:
        _store(found.accepted, source=run.source, by=by, at=at)
    _keep_rejected(run, found)
    run.read_count += len(rows)
    run.stored_count += len(found.accepted)
    run.duplicate_count += found.duplicate_count
    run.rejected_count += len(found.rejected)
    run.state, run.problem = ImportRun.State.RUNNING, ""
    if len(rows) < BATCH_ROWS:
        run.state, run.finished_at = ImportRun.State.DONE, at
        announce(_finished(run), by=by, at=at)
    run.save()
    return run


def _store(accepted: list[tuple[RowDraft, list[Key]]], *, source: str, by: Actor, at: datetime) -> None:
    """Write what `add_customer` would write for each draft, in one statement a table; a test compares the two."""
    facts: list[Fact] = []
    companies = _companies({draft.company for draft, _keys in accepted if draft.company}, facts)
    customers = [customer_row(_details(draft, companies), at=at) for draft, _keys in accepted]
    Customer.objects.bulk_create(customers)
    rows_of_customer = [
        [
            identity_row(customer, one, source=source, is_verified=False, lookup=lookup, at=at)
            for one, (_kind, lookup) in zip(draft.identities, keys, strict=True)
        ]
        for customer, (draft, keys) in zip(customers, accepted, strict=True)
    ]
    Identity.objects.bulk_create([row for rows in rows_of_customer for row in rows])
    for customer, rows in zip(customers, rows_of_customer, strict=True):
        facts += facts_of_adding(customer, rows, source=source)
    announce(*facts, by=by, at=at)


def _details(draft: RowDraft, companies: Mapping[str, Company]) -> CustomerDetails:
    return CustomerDetails(
        name=draft.name,
        tier=draft.tier,
        language=draft.language,
        company=companies.get(draft.company),
        region=draft.region,
        city=draft.city,
        address=draft.address,
        registered_on=draft.registered_on,
    )


def _companies(names: set[str], facts: list[Fact]) -> dict[str, Company]:
    """Return the companies of these names, making those we do not know; of several with one name the oldest."""
    if not names:
        return {}
    known = {company.name: company for company in Company.objects.filter(name__in=names).order_by("-id")}
    added = Company.objects.bulk_create([Company(name=name) for name in sorted(names - known.keys())])
    facts += [CompanyAdded(company_id=company.pk) for company in added]
    return known | {company.name: company for company in added}


def _keep_rejected(run: ImportRun, found: Sorted) -> None:
    RejectedRow.objects.bulk_create(
        RejectedRow(run=run, line_number=row.line_number, text=written(row.cells), reason=reason)
        for row, reason in found.rejected
    )


def _finished(run: ImportRun) -> ImportFinished:
    return ImportFinished(
        run_id=run.pk,
        stored_count=run.stored_count,
        duplicate_count=run.duplicate_count,
        rejected_count=run.rejected_count,
        is_dry_run=run.is_dry_run,
    )


@transaction.atomic
def _fail(run_id: int, refusal: Refusal, *, by: Actor, at: datetime) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state not in _UNFINISHED:
        return
    run.state, run.problem = ImportRun.State.FAILED, refusal.sentence()
    run.save(update_fields=["state", "problem"])
    announce(ImportFailed(run_id=run.pk, read_count=run.read_count), by=by, at=at)


def _region_words() -> dict[str, Region]:
    """Return every word by which a file may name a region: its code and its names."""
    regions = Region.objects.all()
    names = {word.casefold(): region for region in regions for word in (region.name_zh, region.name_en)}
    return names | {region.code.casefold(): region for region in regions}


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BATCH_LOCK])
