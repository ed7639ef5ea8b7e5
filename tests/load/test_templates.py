"""Templates: variables in string values, in a sandbox, rendered once."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.written import account, codes, load, the_error, zone
from reconciler.load.templates import MAX_DIFFERENT, MAX_RESULT, TemplateError, Templates
from reconciler.model.fields import Fields

VARIABLES = {"web": "203.0.113.7", "name": "Erika", "evil": "{{ vars.web }}", "empty": "", "big": "x" * 60_000}


def render(text: str) -> str:
    """Return a text rendered with the variables above."""
    return Templates(VARIABLES).render(text)


def refusal(text: str) -> TemplateError:
    """Return why a text isn't rendered."""
    with pytest.raises(TemplateError) as caught:
        render(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ vars.web }}", "203.0.113.7"),
        ("{{vars.web}}", "203.0.113.7"),
        ("{{ vars['web'] }}", "203.0.113.7"),
        ("a {{ vars.name | lower }} b", "a erika b"),
        ("{{ vars.name | upper | replace('A', 'O') }}", "ERIKO"),
        ("{{ vars.empty | default('none', true) }}", "none"),
        ("{{ vars.empty | default(vars.name, true) }}", "Erika"),
        ("{{ vars.name ~ '-' ~ 1 }}", "Erika-1"),
        ("{{ '{{' }} literally }}", "{{ literally }}"),
        ("{{ vars.name }}\n", "Erika\n"),
    ],
)
def test_variables_and_filters(text: str, result: str) -> None:
    """Variables, constants, Jinja's filters and `~`; line ends stay."""
    assert render(text) == result


def test_it_is_rendered_once() -> None:
    """What a variable holds is never a template."""
    assert render("{{ vars.evil }}") == "{{ vars.web }}"


@pytest.mark.parametrize(
    "text",
    [
        "{% for x in 'ab' %}{{ x }}{% endfor %}",
        "{% include 'x' %}",
        "{% set x = 1 %}",
        "{{ 1 + 1 }}",
        "{{ 'x' * 10 }}",
        "{{ 9 ** 9 }}",
        "{{ '%9999999d' % 1 }}",
        "{{ vars }}",
        "{{ vars.web.upper() }}",
        "{{ vars.__class__ }}",
        "{{ vars['__class__'] }}",
        "{{ ''.__class__ }}",
        "{{ vars.web.__class__ }}",
        "{{ vars[vars.web] }}",
        "{{ self }}",
        "{{ range(9) }}",
        "{{ lipsum() }}",
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
        "{{ 'a' if true else 'b' }}",
        "{{ vars.web | attr('upper') }}",
        "{{ vars.web | map('upper') | join }}",
        "{{ '%9999999d' | format(1) }}",
        "{{ ['a'] | random }}",
        "{{ vars.web | center(100000) }}",
        "{{ vars.big | list | join(vars.big) }}",
        "{{ vars.big | replace(old='x', new=vars.big) }}",
        "{{ vars.big | indent(*[vars.big]) }}",
        "{{ vars.web | nothing }}",
        "{{ vars.web",
        "{{ }}",
        "{{ vars.web }",
        "{{ 'a\\u202eb' }}",
        "{{ '\\x00' }}",
        "{{ '" + "x" * 300 + "' }}",
        "{{ vars.web }}" + "x" * 5000,
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    """Nothing runs, loops, computes, looks into objects or writes what can't be seen."""
    assert refusal(text).code in ("wrong-template", "undefined-variable")


@pytest.mark.parametrize(
    "text",
    [
        "{{ vars.big ~ vars.big }}",
        "{{ vars.big | replace('x', 'xxxxxxxxxx') }}",
        "{{ vars.big | replace('x', 'xxxxxxxxxx') | replace('x', 'xxxxxxxxxx') | replace('x', 'xxxxxxxxxx') }}",
        "{{ vars.big | list | join('xxxxxxxxxx') }}",
        "{{ vars.big | urlencode | indent(1000) | wordwrap(1) | indent(1000) | indent(1000) }}",
    ],
)
def test_the_result_is_bounded(text: str) -> None:
    """No chain of filters makes more than the largest text, nor takes long."""
    begin = time.perf_counter()
    try:
        assert len(render(text)) <= MAX_RESULT
    except TemplateError as error:
        assert error.code == "wrong-template"
    assert time.perf_counter() - begin < 5


@given(st.text(max_size=60))
def test_no_text_is_a_surprise(text: str) -> None:
    """Whatever stands between braces is rendered or refused."""
    try:
        assert isinstance(render("{{" + text + "}}"), str)
    except TemplateError as error:
        assert error.code


class TestInFiles:
    """Where variables come from, and where they may stand."""

    def test_vars_may_stand_in_any_file(self) -> None:
        """A variable is known in all files, whatever their order."""
        desired = load(
            {
                "account.yaml": account("vars: {a: 203.0.113.1}\n"),
                "a.yaml": "whitelist: {a: {address: '{{ vars.a }}'}, b: {address: '{{ vars.b }}'}}\n",
                "z.yaml": "vars: {b: 203.0.113.2}\n",
            }
        )
        assert desired.state["whitelist_entry/a"] == Fields.of({"address": "203.0.113.1"})
        assert desired.state["whitelist_entry/b"] == Fields.of({"address": "203.0.113.2"})

    def test_an_alias_is_rendered_once_too(self) -> None:
        """A value that stands in two places through an alias isn't rendered a second time."""
        contacts = "contacts:\n  a: &c {name: '{{ vars.a }}', email: a@example.org}\n  b: *c\n"
        state = load("vars: {a: x}\n" + contacts).state
        assert state["contact/a"] == state["contact/b"]

    def test_an_undefined_name_has_a_suggestion(self) -> None:
        """The place is the text that holds the template."""
        found = the_error("vars: {web_server: a}\nwhitelist: {a: {address: '{{ vars.web_sever }}'}}\n")
        assert (found.code, found.detail) == ("undefined-variable", "`vars.web_sever` isn't defined.")
        assert found.help == "Did you mean `web_server`?"
        assert str(found.span) == "resources.yaml:2:26"

    def test_an_undefined_name_isnt_blamed_on_a_broken_file(self) -> None:
        """Where a file can't be read, its variables may be defined there."""
        files = {"a.yaml": "vars: {a: 'x\n", "b.yaml": "whitelist: {a: {address: '{{ vars.a }}'}}\n"}
        assert codes(files) == ["yaml-syntax"]

    @pytest.mark.parametrize(
        "text",
        [
            "contacts: {'{{ vars.a }}': {name: A, email: a@example.org}}",
            "mail: {example.org: {mailboxes: {a: {password: {secret: 'env/{{ vars.a }}', version: 1}}}}}",
            "vars: {b: '{{ vars.a }}'}",
            "removed: {'mailbox/{{ vars.a }}@example.org': {reason: x}}",
        ],
    )
    def test_where_no_template_may_stand(self, text: str) -> None:
        """Not in keys, names of secrets or other variables."""
        assert codes({"a.yaml": "vars: {a: A}\n", "b.yaml": text}) == ["misplaced-template"]

    @pytest.mark.parametrize(
        "text",
        [
            "policy: {drift: '{{ vars.a }}'}",
            "dns: {directory: '{{ vars.a }}'}",
            "exclude: ['{{ vars.a }}']",
            "record: {ref: '{{ vars.a }}'}",
        ],
    )
    def test_settings_are_never_rendered(self, text: str) -> None:
        """How the account is handled can be read in account.yaml as it stands."""
        assert codes({"account.yaml": account(text + "\nvars: {a: hold}\n")}) == ["misplaced-template"]

    def test_zone_files_are_taken_as_they_are(self) -> None:
        """Braces in an existing zone file are text, unless templates are asked for."""
        text = "www: {type: TXT, value: '{{ vars.a }}'}"
        plain, rendered = (
            load({"account.yaml": account(f"vars: {{a: x}}\ndns: {{templates: {flag}}}\n"), **zone(text)})
            for flag in ("false", "true")
        )
        assert plain.state["record/example.org/www/TXT"].values == (b"\x0c{{ vars.a }}",)  # type: ignore[attr-defined]  # a record
        assert rendered.state["record/example.org/www/TXT"].values == (b"\x01x",)  # type: ignore[attr-defined]  # a record

    def test_names_in_zone_files_are_never_rendered(self) -> None:
        """Not even with templates."""
        files = {
            "account.yaml": account("vars: {a: x}\ndns: {templates: true}\n"),
            **zone("'{{ vars.a }}': {type: TXT, value: x}"),
        }
        assert codes(files) == ["misplaced-template"]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("vars: [a]", "wrong-type"),
            ("vars: {a: [b]}", "wrong-type"),
            ("vars: {a: ~}", "null-value"),
            ("vars: {a-b: c}", "wrong-value"),
            ("vars: {ä: c}", "wrong-value"),
        ],
    )
    def test_a_variable_is_a_name_and_a_text(self, text: str, code: str) -> None:
        """A name that a template can hold, and text."""
        assert codes(text) == [code]

    def test_a_variable_is_defined_once(self) -> None:
        """A second definition shows both places."""
        found = the_error({"a.yaml": "vars: {a: b}", "b.yaml": "vars: {a: b}"})
        assert (found.code, [str(span) for span in found.related]) == ("duplicate-variable", ["a.yaml:1:8"])


def test_jinja_is_imported_only_where_a_template_is() -> None:
    """A configuration without templates doesn't pay for them."""
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "from load.written import load\n"
        "load('vars: {a: b}\\ncontacts: {a: {name: A, email: a@example.org}}')\n"
        "print('jinja2' in sys.modules, 'rapidfuzz' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@given(
    st.lists(
        st.sampled_from(("{{ vars.a }}", "{{vars.b}}", "{{ vars.a|upper }}", "{", "}", "{{", "%}", "{#", " ", "x\r"))
    )
)
def test_plain_variables_mean_what_jinja_makes_of_them(pieces: list[str]) -> None:
    """The short way past Jinja gives the same, also beside braces."""
    from reconciler.load import templates

    text = "".join(pieces)
    made = templates.Templates({"a": "x{", "b": "{y}"})
    try:
        expected = made._by_jinja(text)
    except templates.TemplateError:
        with pytest.raises(templates.TemplateError):
            made.render(text)
    else:
        assert made.render(text) == expected


def test_only_so_many_different_texts_reach_jinja() -> None:
    """A file of filters costs no minutes; the same text counts once, plain variables never."""
    made = Templates({"a": "x"})
    for number in range(MAX_DIFFERENT):
        assert made.render(f"{{{{ vars.a | upper }}}}{number}") == f"X{number}"
    assert made.render("{{ vars.a | upper }}0") == "X0"
    assert made.render("{{ vars.a }}more") == "xmore"
    with pytest.raises(TemplateError, match="More than 250 different texts"):
        made.render("{{ vars.a | upper }}more")


@pytest.mark.parametrize(
    "text",
    (
        "{{ vars.a | dictsort }}",
        "{{ vars.a" + " | upper" * 11 + " }}",
        "{{ vars.big | wordwrap(1) }}",
        "{{ vars.big | urlize }}",
        "{{ vars.big ~ vars.big }}",
        "{{ vars.big }}{{ vars.big }}",
        "{{ " + "(" * 300 + "vars.a" + ")" * 300 + " }}",
    ),
    ids=lambda text: text[:30],
)
def test_what_a_fuzzer_found(text: str) -> None:
    """Filters that fail in odd ways, that take minutes, and texts that grow are refused in words and at once."""
    made = Templates({"a": "x", "big": "x" * 60_000})
    started = time.process_time()
    with pytest.raises(TemplateError):
        made.render(text)
    assert time.process_time() - started < 2


def test_all_templates_together_make_no_mountain() -> None:
    """A small file that repeats a long variable a thousand times stays small."""
    made = Templates({"big": "x" * 60_000})
    with pytest.raises(TemplateError, match="more than 4,194,304 characters"):
        for number in range(1_000):
            made.render(f"{{{{ vars.big }}}}{number}")


def test_thousands_of_undefined_variables_are_named_quickly() -> None:
    """Among very many names no near one is looked for."""
    made = Templates({f"v{number}": "x" for number in range(20_000)})
    started = time.process_time()
    for number in range(1_000):
        with pytest.raises(TemplateError, match=f"`vars.w{number}` isn't defined"):
            made.render(f"{{{{ vars.w{number} }}}}")
    assert time.process_time() - started < 2
