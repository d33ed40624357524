"""Files of other systems, as messy as they come; and what is written out comes back the same."""

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patients import phone
from patients.contact import ALL_WAYS, in_order
from patients.details import FIELD_NAMES, PatientDetails
from patients.exchange import dates, names
from patients.exchange.columns import COLUMNS, suggested
from patients.exchange.csv_files import delimiter_of, encoding_of
from patients.exchange.exporting import EXPORTED, cells_of, csv_lines, write_xlsx
from patients.exchange.limits import MOST_COLUMNS, MOST_ROWS, UnreadableFileError
from patients.exchange.neutral import FORMULA, as_meant, harmless, harmless_as_text, of_text_file
from patients.exchange.rows import Reader
from patients.exchange.sheets import Format, format_of, header_line, headers_of, lines_of
from patients.models import Patient
from patients.models.needs import AccessNeed, Language

TODAY = date(2026, 11, 23)
WORDS = st.text(
    alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
)


def on_disk(folder, content, name="file"):
    path = folder / name
    path.write_bytes(content)
    return path


def read(path):
    return list(lines_of(path, format_of(path)))


@given(content=st.binary(max_size=400))
@settings(max_examples=150)
def test_no_garbage_crashes_the_reader(tmp_path_factory, content):
    path = on_disk(tmp_path_factory.mktemp("garbage"), content)
    try:
        read(path)
    except UnreadableFileError as error:
        assert str(error)


@given(
    rows=st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=3, max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=60)
def test_every_dialect_reads_as_it_was_written(tmp_path_factory, rows, delimiter, encoding, end):
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    path = on_disk(tmp_path_factory.mktemp("dialect"), file.getvalue().encode(encoding))
    how = Format("csv", encoding_of(path.read_bytes()), delimiter)
    found = [line.cells for line in lines_of(path, how)]
    wanted = [[as_meant(as_said(cell).strip(" \u00a0")) for cell in row] for row in rows]
    assert [row + [""] * (3 - len(row)) for row in found] == wanted


def as_said(cell):
    """What a formula would give is not in the file; it is refused (see test_importing)."""
    said = of_text_file(cell)
    return "" if said is FORMULA else said


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_every_line_alike(delimiter):
    text = "\n".join(
        delimiter.join(["a, b" if delimiter != "," else "ab", "c", "d"]) for _ in "123"
    )
    assert delimiter_of(text) == delimiter


@pytest.mark.parametrize(
    ("text", "order", "meant"),
    [
        ("22/11/1980", "dmy", date(1980, 11, 22)),
        ("11/22/1980", "mdy", date(1980, 11, 22)),
        ("1980-11-22 00:00:00", "iso", date(1980, 11, 22)),
        ("22 Nov 1980", "mdy", date(1980, 11, 22)),
        ("22111980", "dmy", date(1980, 11, 22)),
    ],
)
def test_a_date_is_read_in_the_chosen_order(text, order, meant):
    assert dates.parse(text, order, today=TODAY) == meant


@pytest.mark.parametrize("text", ["22/11/80", "1980-11-22", "31/02/1980", "22/11/2090", "x", "0"])
def test_what_does_not_fit_the_order_is_refused(text):
    with pytest.raises(ValueError):
        dates.parse(text, "dmy", today=TODAY)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["22/11/1980", "01/02/1990"], "dmy"),
        (["11/22/1980", "01/02/1990"], "mdy"),
        (["1980-11-22"], "iso"),
        (["01/02/1990"], ""),
        (["22/11/1980", "11/22/1980"], ""),
        ([], ""),
    ],
)
def test_an_order_is_proposed_only_where_every_date_fits_it_alone(texts, order):
    examined = dates.Examined(TODAY)
    for text in texts:
        examined.look_at(text)
    assert dates.proposed(examined.as_json()) == order


@pytest.mark.parametrize(
    ("text", "order", "parts"),
    [
        ("OKORO, Ada", "comma", ("", "OKORO", "Ada")),
        ("Okoro, Mrs Ada Mary", "comma", ("Mrs", "Okoro", "Ada Mary")),
        ("Mr Ben Tide", "given_first", ("Mr", "Tide", "Ben")),
        ("Tide Ben", "family_first", ("", "Tide", "Ben")),
    ],
)
def test_a_whole_name_comes_apart(text, order, parts):
    found = names.split(text, order)
    assert (found.get("title", ""), found["family_name"], found["given_names"]) == parts


@pytest.mark.parametrize(("text", "order"), [("Ada", "given_first"), ("Okoro,", "comma")])
def test_half_a_name_is_refused(text, order):
    with pytest.raises(ValueError):
        names.split(text, order)


@given(text=st.text(alphabet=st.sampled_from("'=+-@\tab1＝"), max_size=8))
def test_a_neutralised_cell_comes_back_and_calculates_nothing(text):
    assert as_meant(harmless(text)) == as_meant(harmless_as_text(text)) == text
    assert not harmless(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))


NAMES = st.from_regex(r"[A-Za-zÀ-ÖØ-öø-ÿ][a-z'\-]{0,12}", fullmatch=True)
# One line as the product keeps it: single spaces between words.
LINE = st.from_regex(
    r"[=+\-@']{0,2}[A-Za-z0-9]([A-Za-z0-9,;\"'=@+]| (?! )){0,20}[A-Za-z0-9]", fullmatch=True
)
MAYBE = st.one_of(st.just(""), LINE)
PHONES = st.sampled_from(["", "+447700900123", "+441214960000", "+353209123456", "+15555550123"])
DETAILS = st.builds(
    PatientDetails,
    family_name=NAMES,
    given_names=NAMES,
    date_of_birth=st.dates(date(1920, 1, 1), date(2020, 1, 1)),
    preferred_name=st.one_of(st.just(""), NAMES),
    pronouns=MAYBE,
    sex=st.sampled_from(Patient.Sex.values),
    phone=PHONES,
    second_phone=PHONES,
    email=st.sampled_from(["", "ada@example.test", "+ada@example.test"]),
    address=st.one_of(LINE, st.tuples(LINE, LINE).map("\n".join)),
    town=MAYBE,
    country=st.sampled_from(["GB", "IE"]),
    gp_practice=MAYBE,
    emergency_name=LINE,
    emergency_phone=PHONES,
    contact_allowed=st.sets(st.sampled_from(ALL_WAYS)).map(lambda ways: in_order(list(ways))),
    language=st.sampled_from([each for each in Language.values if each != "other"]),
    needs_interpreter=st.booleans(),
    access_needs=st.sets(st.sampled_from(AccessNeed.values)).map(
        lambda needs: [need for need in AccessNeed.values if need in needs]
    ),
    access_note=MAYBE,
    reason=MAYBE,
    heard_of=st.sampled_from(["", "friend", "search"]),
)


def read_back(path):
    lines = read(path)
    headers = headers_of(lines[0])
    reading = {
        "columns": suggested(headers, {}),
        "date_order": "iso",
        "phone_region": "FR",
        "sex_words": {
            "female": "female", "male": "male", "intersex": "intersex", "not known": "not_known"
        },
    }  # fmt: skip
    reader = Reader(headers, reading, today=TODAY)
    said = reader.read(lines[1])
    assert not said.problems, said.problems
    found, problems = reader.details(said, None)
    assert not problems, problems
    return found


@given(details=DETAILS)
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_out_comes_back_the_same(tmp_path_factory, kind, details):
    patient = Patient(number="AN-000001", **{name: getattr(details, name) for name in FIELD_NAMES})
    rows = [list(EXPORTED.values()), cells_of(patient, EXPORTED)]
    path = tmp_path_factory.mktemp("export") / "file"
    if kind == "csv":
        path.write_bytes(b"".join(csv_lines(rows)))
    else:
        with path.open("wb") as file:
            write_xlsx(rows, file)
    assert read_back(path) == details


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    with (tmp_path / "file").open("wb") as file:
        write_xlsx([["=1+1", "+44", "@x", "-2"]], file)
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "file").read_bytes()))
    assert {cell.data_type for cell in book.active[1]} == {"s"}


def bomb(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def a_workbook(rows, **parts):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    if not parts:
        return file.getvalue()
    with zipfile.ZipFile(file) as archive:
        held = [(each, archive.read(each)) for each in archive.namelist()]
    return bomb([(name, parts.get(name.rsplit("/", 1)[-1][:-4], was)) for name, was in held])


def test_a_zip_bomb_is_refused_unopened(tmp_path):
    nought = bytes(1 << 20)
    path = on_disk(tmp_path, bomb([(f"xl/{n}.xml", nought) for n in range(160)]))
    with pytest.raises(UnreadableFileError, match="larger unpacked"):
        format_of(path)


def test_a_workbook_with_entities_is_refused(tmp_path):
    evil = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
        <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
        <row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"""
    path = on_disk(tmp_path, a_workbook([["a"]], sheet1=evil))
    with pytest.raises(UnreadableFileError):
        read(path)


def test_a_sheet_that_claims_a_million_columns_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.cell(1, MOST_COLUMNS + 1, "x")
    book.save(tmp_path / "file")
    with pytest.raises(UnreadableFileError, match="columns"):
        read(tmp_path / "file")


def test_more_rows_than_are_taken_are_refused(tmp_path):
    path = on_disk(tmp_path, b"a,b\n" * (MOST_ROWS + 50))
    with pytest.raises(UnreadableFileError, match="rows"):
        for _ in lines_of(path, format_of(path)):
            pass


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04no"])
def test_what_is_no_list_is_refused_in_words(tmp_path, content):
    with pytest.raises(UnreadableFileError):
        read(on_disk(tmp_path, content))


def test_the_header_may_stand_below_a_title(tmp_path):
    path = on_disk(tmp_path, b"Patients of the practice\n\nID,Name,DOB\n1,Ada Okoro,1980-11-22\n")
    lines = read(path)
    assert header_line(lines) == 3


def test_no_header_means_two_columns():
    found = suggested([column.label for column in COLUMNS], {})
    assert found == [column.key for column in COLUMNS]


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Forename", "given_names"),
        ("SURNAME", "family_name"),
        ("D.O.B.", "date_of_birth"),
        ("Mobile Number", "phone"),
        ("PostCode", "postcode"),
        ("Favourite colour", ""),
        ("GP", "gp_name"),
    ],
)
def test_a_headers_words_suggest_its_column(header, key):
    assert suggested([header], {}) == [key]


def test_what_was_chosen_before_comes_before_the_words():
    assert suggested(["Surname"], {"Surname": "preferred_name"}) == ["preferred_name"]


def test_a_phone_number_without_a_country_is_one_of_the_chosen_country():
    assert phone.to_e164("020 912 3456", region="IE") == "+353209123456"
