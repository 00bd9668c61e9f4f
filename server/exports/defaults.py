"""Our own templates of papers, made when they are wanted: a plain form that a region changes in Word or Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Border, Font, Side  # type: ignore[import-untyped]

A4 = (Cm(29.7), Cm(21.0))
FONT = "Times New Roman"
LOG = (
    ("№", "n", 0.9),
    ("Дата, время", "date", 1.9),
    ("Бригада", "team", 1.9),
    ("Маршрут", "route", 2.2),
    ("Населённый пункт, ОКТМО", "place", 2.3),
    ("№ дела", "number", 1.4),
    ("Семья", "family", 2.3),
    ("Вид", "kind", 2.2),
    ("Цель", "purpose", 2.3),
    ("Результат", "result", 1.9),
    ("Услуги", "services", 2.2),
    ("Направления", "referrals", 2.2),
    ("Следующее", "next", 1.9),
    ("Подпись", "", 1.7),
)
"""Header, the entry's name (none: left empty), width in cm: together what the margins of an A4 leave, 27.3."""
STOPS = (
    ("№", "n", 1.0),
    ("Время", "time", 2.4),
    ("Адрес", "address", 5.0),
    ("Семья", "family", 5.0),
    ("Телефоны", "phones", 3.4),
    ("Прошлое посещение", "last", 4.0),
    ("Примечание", "note", 3.2),
    ("Результат, подпись", "", 3.2),
)
WORDS = {
    "date": "{{ row.date|minute }}",
    "next": "{{ row.next|day }}",
    "place": "{{ row.place }} {{ row.oktmo }}",
    "": "",
}


def visit_log_docx() -> bytes:
    """Журнал выездов as a Word document, A4 across."""
    return _docx(
        "Журнал выездов",
        ["{{ organisation }}", "за период {{ since|day }} – {{ until|day }}{% if team %}, {{ team }}{% endif %}"],
        LOG,
        [
            "Посещений: {{ total }}, семей: {{ families }}.",
            "Составил: {{ made_by }}   Дата: {{ made_on|day }}   Подпись ______________",
        ],
    )


def route_sheet_docx() -> bytes:
    """The route sheet as a Word document, A4 across."""
    about = [
        "{{ team }}. {{ purpose }}",
        "Дни: {{ first|day }} – {{ last|day }}. Едут: {{ crew }}.",
        "Транспорт: {{ vehicle }} {{ plate }}. Одометр: выезд ________ возвращение ________",
    ]
    return _docx("Маршрутный лист", about, STOPS, ["Руководитель ______________   Водитель ______________"])


def visit_log_xlsx() -> bytes:
    """Журнал выездов as a workbook."""
    book = Workbook()
    page = book.active
    page.title = "Журнал выездов"
    page["A1"], page["A2"] = "Журнал выездов", "за период {{ since }} – {{ until }} {{ team }}"
    page["A1"].font = Font(bold=True, size=14)
    thin = Side(style="thin", color="808080")
    columns = [*LOG[:5], ("ОКТМО", "oktmo", 2.2), *LOG[5:]]
    for column, (header, name, width) in enumerate(columns, 1):
        head, cell = page.cell(4, column, header), page.cell(5, column, f"{{{{ row.{name} }}}}" if name else "")
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        head.border = cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        page.column_dimensions[head.column_letter].width = width * 5.5
    page.cell(4, 5).value = "Населённый пункт"
    page["A7"] = "Посещений: {{ total }}, семей: {{ families }}. Составил: {{ made_by }}, {{ made_on }}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "4:4"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _docx(title: str, above: Sequence[str], columns: Sequence[tuple[str, str, float]], below: Sequence[str]) -> bytes:
    document = Document()
    section = document.sections[0]
    section.orientation, (section.page_width, section.page_height) = WD_ORIENT.LANDSCAPE, A4
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(2)
    heading = document.add_paragraph()
    heading.add_run(title).bold = True
    heading.runs[0].font.size = Pt(14)
    for line in above:
        document.add_paragraph(line)
    _table(document, columns)
    for line in below:
        document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: Document, columns: Sequence[tuple[str, str, float]]) -> None:  # type: ignore[valid-type]
    """A header that each page repeats, and one row for all: docxtpl repeats what stands between the rows of its own."""
    table = document.add_table(rows=4, cols=len(columns))  # type: ignore[attr-defined]
    table.style, table.autofit = "Table Grid", False
    for place, (header, name, width) in enumerate(columns):
        table.columns[place].width = Cm(width)
        said = WORDS.get(name, f"{{{{ row.{name} }}}}")
        for row, text in ((0, header), (2, said)):
            cell = table.rows[row].cells[place]
            cell.text, cell.width = text, Cm(width)
            for run in cell.paragraphs[0].runs:
                run.font.size, run.bold = Pt(8), row == 0
    table.rows[1].cells[0].text, table.rows[3].cells[0].text = "{%tr for row in rows %}", "{%tr endfor %}"
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


MADE: dict[tuple[str, str], Callable[[], bytes]] = {
    ("visit_log", "docx"): visit_log_docx,
    ("visit_log", "xlsx"): visit_log_xlsx,
    ("route_sheet", "docx"): route_sheet_docx,
}
"""(paper, kind) → how its template is made."""
