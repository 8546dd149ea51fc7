"""Files as mines have them and as strangers make them: what is read, what is told, what is refused."""

import io
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items.formats import archive
from kuangdeng.learning.items.formats.drafts import Draft, Left
from kuangdeng.learning.items.formats.opening import open_items, open_words


def read(tmp_path: Path, content: bytes, name: str = "题库") -> tuple[list[Draft], list[Left]]:
    path = tmp_path / "file"
    path.write_bytes(content)
    with open_items(path, name=name, keep=lambda data: f"{len(data):064d}") as opened:
        reads = list(opened.reads)
    return [one for one in reads if isinstance(one, Draft)], [one for one in reads if isinstance(one, Left)]


def words(text: str) -> tuple[list[Draft], list[Left]]:
    reads = list(open_words(text).reads)
    return [one for one in reads if isinstance(one, Draft)], [one for one in reads if isinstance(one, Left)]


def book(**sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def right(draft: Draft) -> object:
    return draft.content["correct"]


# Excel ----------------------------------------------------------------------------------------------------------------


def test_one_sheet_for_each_type_with_odd_spaces_as_surveyking_has_it(tmp_path: Path) -> None:
    heads = ["序号", "题干", "选项 A", "选项 B", "选项  C", "选项  D", "解析", "分数", "答案", "标签"]
    content = book(
        单选题=[heads, [1, "1、瓦斯达到多少停止作业（ ）", "0.5%", "1.0%", "A", "D", "看规程", 2, "Ｂ", "瓦斯"]],
        多选题=[heads, [1, "三违是（ ）", "违章指挥", "违章作业", "违反劳动纪律", None, None, 2, "A、B、C", None]],
        判断题=[
            ["序号", "题干", "解析", "分数", "答案"],
            [1, "整改人可以自己验收", None, 1, "×"],
            [2, "要交接清楚", None, 1, "正确"],
        ],
        填空题=[
            ["序号", "题干", "空 1", "空 2", "单空分数"],
            [1, "三违是违章指挥、____和____", "违章作业", "违反劳动纪律", 1],
        ],
        简答题=[["序号", "题干", "答案", "分数"], [1, "说说交接班", "交清", 5]],
    )
    drafts, left = read(tmp_path, content)
    assert [one.message for one in left] == []
    assert [one.content["type"] for one in drafts] == [
        "single",
        "multiple",
        "true_false",
        "true_false",
        "fill_in",
        "short_answer",
    ]
    assert drafts[0].content["stem"] == "瓦斯达到多少停止作业（ ）", "the number of the paper is no part of the stem"
    assert [right(one) for one in drafts[:4]] == [["b"], ["a", "b", "c"], False, True]
    assert (drafts[0].marks, drafts[0].categories, drafts[4].marks) == ("2", [("topic", "瓦斯")], "2")


def test_an_instruction_row_codes_and_0_1_columns_as_alanosy_has_them(tmp_path: Path) -> None:
    heads = [
        "试题类型",
        "题干",
        "选项一内容",
        "选项二内容",
        "选项三内容",
        "解析",
        "选项一是否正确",
        "选项二是否正确",
        "选项三是否正确",
        "选项图片",
    ]
    content = book(
        Sheet1=[
            ["填写说明：试题类型 1-单选题 2-多选题 3-判断题 4-简答题；是否正确填 0 或 1"],
            heads,
            [1, "先做什么", "撤人", "继续", "等", None, 1, 0, 0, None],
            [2, "五定有哪些", "定人", "定资金", "定奖金", None, 1, 1, 0, "http://x/y.png"],
        ]
    )
    drafts, left = read(tmp_path, content)
    assert left == []
    assert [(one.content["type"], right(one)) for one in drafts] == [("single", ["a"]), ("multiple", ["a", "b"])]
    assert "选项的图片没有带进来" in drafts[1].notes[0]


def test_one_type_column_merged_titles_and_wrong_rows_told_by_their_cell(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in [
        ["某矿安全知识题库（2026 版）"], [], ["题目", "类型", "答案", "选项A", "选项B", "选项C", "难度", "所属知识点", "出处"],
        ["冒顶预兆", "选择题", "ab", "掉渣", "响声", "安静", "中等", "顶板", "规程"],
        ["没有答案的", "单选", None, "甲", "乙", None, 2, None, None],
        ["答案越界", "单选", "D", "甲", "乙", None, 2, None, None],
        ["题型怪", "看图说话", "A", "甲", "乙", None, 2, None, None],
        ["难度怪", "单选", "A", "甲", "乙", None, "随便", None, None],
    ]:  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A1:I1")
    out = io.BytesIO()
    made.save(out)
    drafts, left = read(tmp_path, out.getvalue())
    assert [(one.content["type"], right(one), one.difficulty) for one in drafts] == [("multiple", ["a", "b"], 3)]
    assert [(one.row, one.cell) for one in left] == [(5, "C5"), (6, "C6"), (7, "B7"), (8, "G8")]
    assert "「D」没有对应的选项" in left[1].message


@pytest.mark.parametrize(
    ("said", "wanted", "ask"),
    [("√", True, ""), ("×", False, ""), ("对", True, ""), ("错误", False, ""), ("T", True, ""), ("ｆ", False, ""), ("（√）", True, ""),
     ("1", True, ""), ("否", False, ""), ("J", None, "J"), ("义", None, "义"), ("◆", None, "◆"), ("X", None, "X")],
)  # fmt: skip
def test_marks_are_read_or_asked_about_never_guessed(tmp_path: Path, said: str, wanted: bool | None, ask: str) -> None:
    drafts, _left = read(tmp_path, book(判断题=[["题干", "答案"], ["要交接清楚", said]]))
    assert (right(drafts[0]), drafts[0].ask) == (wanted, ask)


def test_a_true_false_written_as_two_options(tmp_path: Path) -> None:
    heads = ["题型", "题干", "选项A", "选项B", "答案"]
    drafts, _left = read(
        tmp_path, book(题=[heads, ["判断", "要交清", "正确", "错误", "B"], ["判断", "要撤人", "对", "错", "对"]])
    )
    assert [right(one) for one in drafts] == [False, True]


def test_options_in_one_cell(tmp_path: Path) -> None:
    heads = ["题型", "题干", "选项", "答案"]
    rows = [
        ["单选", "问一", "A.撤人 B.继续 C.等", "C"],
        ["单选", "问二", "撤人|继续|等", "A"],
        ["单选", "问三", "A、甲\nB、乙", "B"],
    ]
    drafts, left = read(tmp_path, book(题=[heads, *rows]))
    assert left == []
    assert [[one["text"] for one in draft.content["options"]] for draft in drafts] == [["撤人", "继续", "等"]] * 2 + [
        ["甲", "乙"]
    ]


# Words ----------------------------------------------------------------------------------------------------------------


PAPER = """安全知识考试题
一、单选题（每题 2 分）
1. 冒顶预兆出现后（B）。
A. 继续干　B. 撤人 C. 等待 D. 拍照
2、发现透水预兆应当（  ）
A、继续 B、撤人
答案：B
解析：先撤人。
二、多项选择题
1．三违是（ABC）。
A．违章指挥
B．违章作业
C．违反劳动纪律
D．早到
三、判断题
1. 整改人可以自己验收。（×）
2. （√）要在现场交接班。
四、填空题
1. 三违是违章指挥、____和____。
答案：违章作业；违反劳动纪律
五、简答题
1. 说说五定。
答：定责任人、措施、
资金、时限、预案。
"""


def test_options_in_one_cell_with_nothing_between_them(tmp_path: Path) -> None:
    rows = [
        ["题目", "选项", "标准答案", "难易"],
        ["发生火灾时首先应做什么（　　）", "A.报警B.逃跑C.睡觉D.观望", "A", "易"],
        ["选项跳了字母（　　）", "A.报警C.睡觉", "A", "中"],
    ]
    (draft,), (left,) = read(tmp_path, book(题库=rows))
    assert [one["text"] for one in draft.content["options"]] == ["报警", "逃跑", "睡觉", "观望"]
    assert right(draft) == ["a"] and draft.difficulty == 2
    assert "选项看不懂" in left.message and left.cell == "B3"


def test_the_words_in_brackets_are_the_answers_of_a_fill_in_paper() -> None:
    (draft,), left = words("四、填空题\n6. 三大规程是《煤矿安全规程》、（操作规程）和（ 作业规程 ）。\n")
    assert not left
    assert draft.content["stem"] == "三大规程是《煤矿安全规程》、____和____。"
    assert [one["answers"] for one in draft.content["blanks"]] == [["操作规程"], ["作业规程"]]
    assert draft.notes == ["没有另写答案，括号里的字当作空里的答案。"]


def test_a_word_paper_with_keys_in_brackets_below_and_several_lines() -> None:
    drafts, left = words(PAPER)
    assert [one.text for one in left] == ["安全知识考试题"]
    assert [one.content["type"] for one in drafts] == [
        "single",
        "single",
        "multiple",
        "true_false",
        "true_false",
        "fill_in",
        "short_answer",
    ]
    assert [right(one) for one in drafts[:5]] == [["b"], ["b"], ["a", "b", "c"], False, True]
    assert drafts[0].content["stem"] == "冒顶预兆出现后（ ）。", "the key is taken out of the stem"
    assert drafts[1].explanation == "先撤人。"
    assert [one["answers"] for one in drafts[5].content["blanks"]] == [["违章作业"], ["违反劳动纪律"]]
    assert drafts[6].content["reference"] == "定责任人、措施、\n资金、时限、预案。"


def test_keys_at_the_end_of_the_paper() -> None:
    text = "一、单选题\n1. 甲？\nA. 一 B. 二\n2. 乙？\nA. 一 B. 二\n二、判断题\n1. 丙。\n参考答案\n一、单选题\n1-2 BA\n二、判断题\n1.×"
    drafts, left = words(text)
    assert left == []
    assert [right(one) for one in drafts] == [["b"], ["a"], False]


def test_what_is_no_item_is_told_with_its_line() -> None:
    drafts, left = words("1. 甲？\nA. 一 B. 二\n2. 这是什么\n3. 乙（J）")
    assert drafts == [] or all(one.ask for one in drafts)
    assert [one.row for one in left] == [1, 3]


# Other systems --------------------------------------------------------------------------------------------------------


def test_gift_of_moodles_documentation() -> None:
    drafts, left = words(
        """// true/false
::Q1:: 1+1\\=2 {T#right}

$CATEGORY: $course$/瓦斯/检查

::Q2:: What's between orange and green? {=yellow # right; good! ~red # wrong, it's yellow ~blue}

Two plus {=two =2} equals four.

When was Ulysses born? {#1822:5}

Pi? {#3.141..3.142}

Which? {~%50%A ~%50%B ~%-100%C}

Match {=cat -> cat food =dog -> dog food = -> bird food}

Describe it. {}

This is a description
"""
    )
    assert [one.content["type"] for one in drafts] == [
        "true_false",
        "single",
        "fill_in",
        "fill_in",
        "fill_in",
        "multiple",
        "matching",
        "short_answer",
    ]
    assert drafts[0].content["stem"] == "1+1=2"
    assert drafts[1].categories == [("topic", "检查")]
    assert "wrong, it's yellow" in drafts[1].explanation
    assert drafts[2].content["stem"] == "Two plus____equals four."
    assert drafts[4].content["blanks"] == [{"number": "3.1415", "tolerance": "0.0005"}]
    assert len(drafts[6].content["right"]) == 3
    assert len(left) == 1


def test_aiken() -> None:
    drafts, left = words("先做什么？\nA. 撤人\nB) 继续\nANSWER: A\n\n没有答案的\nA. 一\nB. 二\n")
    assert [right(one) for one in drafts] == [["a"]]
    assert len(left) == 1


MOODLE = """<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="category"><category><text>$course$/top/顶板</text></category></question>
<question type="multichoice"><name><text>甲</text></name><questiontext format="html"><text><![CDATA[<p>CH<sub>4</sub> 是？</p><p><img src="@@PLUGINFILE@@/a.png"></p>]]></text><file name="a.png" encoding="base64">aGVsbG8=</file></questiontext><defaultgrade>2.0000000</defaultgrade><single>true</single><answer fraction="100" format="html"><text>甲烷</text><feedback><text>对了</text></feedback></answer><answer fraction="0"><text>氧</text></answer></question>
<question type="cloze"><questiontext><text>停止{1:SHORTANSWER:=作业~=工作}，浓度{1:NUMERICAL:=1.5:0.1}，先{1:MULTICHOICE:=撤人~等}</text></questiontext></question>
<question type="calculated"><name><text>算</text></name><questiontext><text>{a}+{b}</text></questiontext></question>
<question type="essay"><questiontext><text><![CDATA[说说 <script>alert(1)</script>]]></text></questiontext></question>
</quiz>"""  # noqa: E501


def test_moodle_xml_pictures_cloze_and_what_cannot_come_in(tmp_path: Path) -> None:
    drafts, left = read(tmp_path, MOODLE.encode())
    assert drafts[0].content["stem"] == "CH₄ 是？"
    assert drafts[0].content["pictures"] == [f"{5:064d}"]
    assert (drafts[0].marks, drafts[0].explanation, drafts[0].categories) == ("2", "甲烷：对了", [("topic", "顶板")])
    assert drafts[1].content["stem"] == "停止____，浓度____，先____"
    assert drafts[1].content["blanks"][1] == {"number": "1.5", "tolerance": "0.1"}
    assert drafts[1].content["blanks"][2] == {"answers": ["撤人"], "choices": ["撤人", "等"]}
    assert ["calculated" in left[0].message, "脚本" in left[1].message] == [True, True]


QTI12 = """<?xml version="1.0"?><!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2p1.dtd"><questestinterop><assessment><section>
<item ident="i1" title="t"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>multiple_choice_question</fieldentry></qtimetadatafield><qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>2.0</fieldentry></qtimetadatafield></qtimetadata></itemmetadata><presentation><material><mattext texttype="text/html">&lt;p&gt;先做什么&lt;/p&gt;</mattext></material><response_lid ident="r" rcardinality="Single"><render_choice><response_label ident="1"><material><mattext>撤人</mattext></material></response_label><response_label ident="2"><material><mattext>继续</mattext></material></response_label></render_choice></response_lid></presentation><resprocessing><respcondition><conditionvar><varequal respident="r">1</varequal></conditionvar><setvar action="Set">100</setvar></respcondition></resprocessing></item>
<item ident="i2"><presentation><material><mattext>三违是哪些</mattext></material><response_lid ident="r" rcardinality="Multiple"><render_choice><response_label ident="1"><material><mattext>指挥</mattext></material></response_label><response_label ident="2"><material><mattext>作业</mattext></material></response_label><response_label ident="3"><material><mattext>早到</mattext></material></response_label></render_choice></response_lid></presentation><resprocessing><respcondition><conditionvar><and><varequal respident="r">1</varequal><varequal respident="r">2</varequal><not><varequal respident="r">3</varequal></not></and></conditionvar><setvar>100</setvar></respcondition></resprocessing></item>
<item ident="i3"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>file_upload_question</fieldentry></qtimetadatafield></qtimetadata></itemmetadata><presentation><material><mattext>传文件</mattext></material></presentation></item>
</section></assessment></questestinterop>"""  # noqa: E501


def test_qti_12_as_canvas_writes_it(tmp_path: Path) -> None:
    drafts, left = read(tmp_path, QTI12.encode())
    assert [(one.content["type"], right(one)) for one in drafts] == [("single", ["a"]), ("multiple", ["a", "b"])]
    assert (drafts[0].content["stem"], drafts[0].marks) == ("先做什么", "2")
    assert len(left) == 1


QTI21 = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="a" title="t" adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>B</value></correctResponse></responseDeclaration>
<responseDeclaration identifier="R2" cardinality="single" baseType="string"><correctResponse><value>York</value></correctResponse><mapping defaultValue="0"><mapEntry mapKey="York" mappedValue="1"/><mapEntry mapKey="york" mappedValue="0.5"/></mapping></responseDeclaration>
<itemBody><p>Now is the <inlineChoiceInteraction responseIdentifier="RESPONSE"><inlineChoice identifier="A">summer</inlineChoice><inlineChoice identifier="B">winter</inlineChoice></inlineChoiceInteraction> of <textEntryInteraction responseIdentifier="R2"/></p></itemBody></assessmentItem>"""  # noqa: E501


def package(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def test_qti_21_items_and_a_package_with_more_than_items(tmp_path: Path) -> None:
    drafts, left = read(tmp_path, QTI21.encode())
    assert drafts[0].content["stem"] == "Now is the ____ of ____"
    assert drafts[0].content["blanks"] == [
        {"answers": ["winter"], "choices": ["summer", "winter"]},
        {"answers": ["York"]},
    ]
    assert "york" in drafts[0].notes[0], "what earns half is told"
    hotspot = QTI21.replace("inlineChoiceInteraction", "hotspotInteraction")
    drafts, left = read(tmp_path, package(a=QTI21, b=hotspot, test="<assessmentTest/>"))
    assert len(drafts) == 1
    assert sorted("hotspot" in one.message for one in left) == [False, True]


# Hostile --------------------------------------------------------------------------------------------------------------


def zipped(name: str, content: bytes = b"<quiz/>", *, link: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        if link:
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, content)
    return out.getvalue()


LAUGHS = b'<!DOCTYPE q [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><quiz><question type="essay">&b;</question></quiz>'
OUTSIDE = b'<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (LAUGHS, "定义了 XML 实体"),
        (OUTSIDE, "定义了 XML 实体"),
        (LAUGHS.decode().encode("utf-16"), "定义了 XML 实体"),
        (b"<quiz>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</quiz>", "层次太深"),
        (b"<quiz><question>", "不是完整的 XML"),
        (zipped("../../etc/cron.d/x.xml"), "指向包外"),
        (zipped("/abs.xml"), "指向包外"),
        (zipped("a.xml", link=True), "链接文件"),
        (zipped("more.zip"), "压缩包里还套着压缩包"),
        (zipped("bomb.xml", b"0" * 30_000_000), "展开后太大"),
        (b"MZ\x90\x00" + b"\x00" * 60, "不是"),
        (b"<html><body>login</body></html>", "其实是网页"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 100, ".xls"),
        (b"%PDF-1.4\x00\x01", "不是"),
        (zipped("word/document.xml"), "这是 Word 文件"),
        (zipped("readme.md"), "没有 QTI 题目"),
        (b"", "文件是空的"),
    ],
    ids=range(17),
)  # fmt: skip
def test_hostile_and_foreign_files_are_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read(tmp_path, content, "题库.xlsx")


def test_two_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(Refused, match="200 MB"), open_items(path, name="大", keep=lambda data: ""):
        pass


def test_a_part_that_is_larger_than_it_said_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PART", 100)
    _drafts, left = read(tmp_path, zipped("a.xml", b"<quiz>" + bytes(range(65, 91)) * 10 + b"</quiz>"))
    assert "太大" in left[0].message


@pytest.mark.parametrize(
    "html",
    [
        "<img src=x onerror=alert(1)>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<iframe src=x></iframe>",
        "<object></object>",
    ],
)
def test_items_with_something_that_runs_stay_out_and_are_told(tmp_path: Path, html: str) -> None:
    xml = f"<quiz><question type='essay'><questiontext><text><![CDATA[<p>题</p>{html}]]></text></questiontext></question></quiz>"
    drafts, left = read(tmp_path, xml.encode())
    assert drafts == []
    assert "脚本" in left[0].message
