"""Adopting, case by case: what was changed in the account becomes an edit that a person would have made."""

from pathlib import Path

import pytest

from adopting import Place
from reconciler.edit.files import replace_files
from reconciler.model.errors import DiagnosticsError, ReconcilerError, UsageError

MAIL = """\
# Our mail.
mail:
  Example.ORG:  # as printed on the letters
    catch_all: info
    mailboxes:
      info:
        quota: 5 GiB  # asked for by Erika
        password: {secret: env/SECRET, version: 1}
        forward_to: [erika]

      # until she leaves
      erika:
        password: {secret: env/SECRET, version: 1}
        autoreply: {subject: Urlaub, text: Bin im Januar zurück}
    aliases:
      sales: [info, partner@example.net]  # everybody
      old:
        targets: [info]
        meta: {reason: printed on paper}
"""
PEOPLE = """\
contacts:
  erika: {name: Erika Mustermann, email: erika@example.org, may: [authorise]}  # boss
  max:
    name: Max
    email: max@example.org
whitelist:
  office: {address: 203.0.113.7}
"""
ZONE = """\
'':
  - type: MX
    value: {priority: 10, value: mx.example.net.}
  # who may send
  - type: TXT
    values: ["v=spf1 -all", "\\"a quoted; text\\""]
www:
  type: A
  values:
    - 203.0.113.1  # first
    - 203.0.113.2  # second
"""


def test_fields_are_written_as_they_stand_there(tmp_path: Path) -> None:
    """Sizes with their unit, bare local parts, short forms and long ones; what is nothing in the account goes."""
    place = Place(tmp_path, {"mail.yaml": MAIL})
    place.by_hand("mailbox/info@example.org", quota="6 GiB", forward_to="")
    place.by_hand("mail_domain/example.org", catch_all="")
    place.by_hand("alias/sales@example.org", targets="erika@example.org,partner@example.net")
    place.by_hand("alias/old@example.org", targets="erika@example.org,info@example.org")
    place.adopt(drift=True)
    assert place.changes("mail.yaml") == (
        "-    catch_all: info\n"
        "-        quota: 5 GiB  # asked for by Erika\n+        quota: 6 GiB  # asked for by Erika\n"
        "-        forward_to: [erika]\n+        forward_to: []\n"
        "-      sales: [info, partner@example.net]  # everybody\n"
        "+      sales: [erika, partner@example.net]  # everybody\n"
        "-        targets: [info]\n+        targets: [erika, info]\n"
    )
    assert not place.plan().changes
    assert not place.plan().drift


def test_what_is_gone_leaves_the_files(tmp_path: Path) -> None:
    """A block goes with the comment that can only mean it; no tombstone is needed for what isn't live."""
    place = Place(tmp_path, {"mail.yaml": MAIL, "people.yaml": PEOPLE})
    place.by_hand("alias/sales@example.org", targets="partner@example.net")
    place.by_hand("mailbox/info@example.org", forward_to="")
    place.gone("mailbox/erika@example.org", "contact/max@example.org")
    place.adopt(drift=True)
    assert "# until she leaves" not in place.texts()["mail.yaml"]
    assert place.changes("people.yaml") == "-  max:\n-    name: Max\n-    email: max@example.org\n"
    assert not place.plan().drift


def test_new_things_come_where_their_like_is(tmp_path: Path) -> None:
    """The section's own file, whatever its name, the domain as it is spelt there, names as init gives them."""
    place = Place(tmp_path, {"post.yaml": MAIL, "people.yaml": PEOPLE})
    place.by_hand("mailbox/new@example.org", name="New one")
    place.by_hand("alias/x@example.org", targets="new@example.org")
    place.by_hand("contact/erika@example.net", name="Another Erika", email="erika@example.net")
    place.by_hand("whitelist_entry/198.51.100.9", address="198.51.100.9")
    adoption = place.adopt("mailbox/*", "alias/*", "contact/*", "whitelist_entry/*")
    assert place.changes("post.yaml") == (
        "+\n+      new:\n+        name: New one\n"
        "+        password: {secret: env/MAIL_NEW_EXAMPLE_ORG, version: 1}\n+      x: [new]\n"
    )
    assert place.changes("people.yaml") == (
        "+  another-erika:\n+    name: Another Erika\n+    email: erika@example.net\n"
        "+  ip-198-51-100-9: {address: 198.51.100.9}\n"
    )
    assert [str(secret.ref) for secret in adoption.secrets] == ["env/MAIL_NEW_EXAMPLE_ORG"]
    assert set(place.texts()) == {"account.yaml", "post.yaml", "people.yaml"}


def test_a_new_section_gets_the_file_of_init(tmp_path: Path) -> None:
    """With its header; a section in braces is opened."""
    place = Place(
        tmp_path, {"people.yaml": "whitelist: {}  # none\n", "other.yaml": "notifications: {newsletter: []}\n"}
    )
    place.by_hand("contact/max@example.org", name="Max", email="max@example.org")
    place.by_hand("whitelist_entry/198.51.100.9", address="198.51.100.9")
    place.adopt("contact/*", "whitelist_entry/*")
    assert place.texts()["contacts.yaml"] == (
        "# The people who may speak for us.\n\ncontacts:\n  max:\n    name: Max\n    email: max@example.org\n"
    )
    assert place.texts()["people.yaml"] == "whitelist:  # none\n  ip-198-51-100-9: {address: 198.51.100.9}\n"


def test_values_of_a_record_set_keep_place_and_style(tmp_path: Path) -> None:
    """Names of parts, quoted TXT, comments beside values that stay; one value becomes several."""
    place = Place(tmp_path, {"zones/example.org.yaml": ZONE})
    place.by_hand("record/example.org/@/MX", values="20 mx.example.net.,30 mx2.example.net.")
    place.by_hand("record/example.org/@/TXT", values='"v=spf1 -all","another; text"')
    place.by_hand("record/example.org/www/A", ttl="300", values="203.0.113.9,203.0.113.2")
    place.adopt(drift=True)
    assert place.changes("zones/example.org.yaml") == (
        "-    value: {priority: 10, value: mx.example.net.}\n"
        "+    values:\n+      - priority: 20\n+        value: mx.example.net.\n"
        "+      - priority: 30\n+        value: mx2.example.net.\n"
        '-    values: ["v=spf1 -all", "\\"a quoted; text\\""]\n+    values: ["v=spf1 -all", "\\"another; text\\""]\n'
        "+  ttl: 300\n"
        "-    - 203.0.113.1  # first\n+    - 203.0.113.9  # first\n"
    )
    assert not place.plan().drift


def test_lenient_names_and_bare_semicolons_stay_so(tmp_path: Path) -> None:
    """A zone that writes targets without the last dot, and `;` as itself, goes on to."""
    zone = "txt: {type: TXT, value: a; b}\nwww: {type: CNAME, value: one.example.net}\n"
    options = "zones: {example.org: {lenient: true, escaped_semicolons: false}}\n"
    place = Place(tmp_path, {"zones/example.org.yaml": zone, "options.yaml": options})
    place.by_hand("record/example.org/www/CNAME", values="two.example.net.")
    place.by_hand("record/example.org/txt/TXT", values='"c; d"')
    place.by_hand("record/example.org/new/TXT", values='"e; f"')
    place.adopt("record/*/*/*")
    assert place.texts()["zones/example.org.yaml"] == (
        "new: {ttl: 3600, type: TXT, value: e; f}\ntxt: {type: TXT, value: c; d}\n"
        "www: {type: CNAME, value: two.example.net}\n"
    )


def test_record_sets_come_and_go(tmp_path: Path) -> None:
    """A second type makes a list, natural order holds, the last record set of a name takes the name with it."""
    place = Place(tmp_path, {"zones/example.org.yaml": ZONE})
    place.by_hand("record/example.org/www/AAAA", values="2001:db8::1")
    place.by_hand("record/example.org/a10/A", values="203.0.113.10")
    place.by_hand("record/example.org/@/CAA", values='0 issue "ca.example.net"')
    place.gone("record/example.org/@/MX", "record/example.org/@/TXT")
    place.adopt("record/*/*/*")
    assert place.texts()["zones/example.org.yaml"] == (
        "'':\n  - ttl: 3600\n    type: CAA\n    value:\n      flags: 0\n      tag: issue\n      value: ca.example.net\n"
        "a10:\n  ttl: 3600\n  type: A\n  value: 203.0.113.10\n"
        "www:\n  - type: A\n    values:\n      - 203.0.113.1  # first\n      - 203.0.113.2  # second\n"
        "  - ttl: 3600\n    type: AAAA\n    value: 2001:db8::1\n"
    )
    assert not place.plan().drift


def test_an_empty_zone_is_filled_in_the_order_of_fmt(tmp_path: Path) -> None:
    """The apex is written as an empty name, so it stands above the wildcard, though `@` sorts after `*`."""
    place = Place(tmp_path, {"zones/example.org.yaml": "{}\n"})
    place.by_hand("record/example.org/*/A", values="203.0.113.10")
    place.by_hand("record/example.org/@/A", values="203.0.113.10")
    place.adopt("record/*/*/*")
    block = "  ttl: 3600\n  type: A\n  value: 203.0.113.10\n"
    assert place.texts()["zones/example.org.yaml"] == f"'':\n{block}'*':\n{block}"


def test_whole_zones_come_and_go(tmp_path: Path) -> None:
    """A zone made by hand gets a file as init writes it; the file of one that is gone goes, with its options."""
    options = "zones:\n  example.net: {default_ttl: 60}  # short\n  example.org: {default_ttl: 300}\n"
    zones = {f"zones/example.{top}.yaml": "www: {type: A, value: 203.0.113.1}\n" for top in ("net", "org")}
    place = Place(tmp_path, {**zones, "options.yaml": options})
    place.store.prepare("K-104711", frozenset({"example.com"}))
    place.by_hand("zone/example.com")
    place.by_hand("record/example.com/www/A", values="203.0.113.5")
    place.gone("record/example.net/www/A", "zone/example.net")
    place.adopt("zone/*")
    assert place.texts()["zones/example.com.yaml"] == (
        "# The records of example.com.\n---\nwww:\n  ttl: 3600\n  type: A\n  value: 203.0.113.5\n"
    )
    assert "zones/example.net.yaml" not in place.texts()
    assert place.texts()["options.yaml"] == "zones:\n  example.org: {default_ttl: 300}\n"
    assert not place.plan().drift


def test_a_lost_entry_is_found_again_or_leaves_git(tmp_path: Path) -> None:
    """One that equals it in all but its key is taken for it; without such a one, its block goes."""
    place = Place(tmp_path, {"people.yaml": PEOPLE})
    place.gone("contact/max@example.org", "whitelist_entry/203.0.113.7")
    place.by_hand("contact/m@example.net", name="Max", email="m@example.net")
    place.by_hand("whitelist_entry/198.51.100.9", address="198.51.100.9")
    assert not place.adopt().left_out
    assert "  max:\n    name: Max\n    email: m@example.net\n" in place.texts()["people.yaml"]
    assert "whitelist:\n  ip-198-51-100-9: {address: 198.51.100.9}\n" in place.texts()["people.yaml"]
    assert not place.plan().refused


def test_where_git_changed_too_only_a_name_decides(tmp_path: Path) -> None:
    """A glob leaves it, the exact address takes the account's side; what only git asks for isn't adopted."""
    place = Place(tmp_path, {"mail.yaml": MAIL})
    place.by_hand("mailbox/info@example.org", quota="6 GiB")
    place.write({"mail.yaml": MAIL.replace("5 GiB", "7 GiB").replace("[info, partner", "[partner")})
    assert not place.adopt("mailbox/*").adopted
    assert "7 GiB" in place.texts()["mail.yaml"]
    assert place.adopt("mailbox/info@example.org").adopted == ("mailbox/info@example.org",)
    assert "6 GiB" in place.texts()["mail.yaml"]
    with pytest.raises(UsageError, match="git asks for it"):
        place.adopt("alias/sales@example.org")
    with pytest.raises(UsageError, match="nothing to adopt"):
        place.adopt("mailbox/nobody@example.org")


def test_what_no_edit_can_say_is_left_out_with_its_reason(tmp_path: Path) -> None:
    """Templates, aliases, values of presets: named, with their place; everything else is adopted."""
    zone = (
        "a: {type: A, value: '{{ vars.web }}'}\nb: {type: A, values: &two [203.0.113.2]}\nc: {type: A, values: *two}\n"
    )
    files = {
        "account.yaml": "version: 1\naccount: K-104711\nproviders: {default: {type: embedded, path: account.db}}\n"
        "dns: {templates: true}\nvars: {web: 203.0.113.10}\nzones: {example.org: {use: [no-mail]}}\n",
        "zones/example.org.yaml": zone + "d: {type: A, value: 203.0.113.4}\n",
    }
    place = Place(tmp_path, files)
    for name in "abcd":
        place.by_hand(f"record/example.org/{name}/A", values="198.51.100.1")
    place.by_hand("record/example.org/@/TXT", values='"v=spf1 mx -all"')
    adoption = place.adopt(drift=True)
    assert adoption.adopted == ("record/example.org/d/A",)
    assert adoption.left_out == {
        "record/example.org/@/TXT": "it comes from the preset no-mail@1",
        "record/example.org/a/A": "zones/example.org.yaml:1:21: The value that would change is made by a template",
        "record/example.org/b/A": "zones/example.org.yaml:2:22: An alias repeats this value elsewhere (`*two`)",
        "record/example.org/c/A": "zones/example.org.yaml:3:22: Here stands an alias, which repeats `&two`",
    }
    assert place.changes("zones/example.org.yaml").count("\n") == 2


def test_a_file_that_only_the_loader_understands_is_left_out(tmp_path: Path) -> None:
    """A tab behind a key: read by one reader of YAML and refused by the other. Other files are adopted."""
    place = Place(tmp_path, {"people.yaml": PEOPLE.replace("name: Max", "name:\tMax"), "mail.yaml": MAIL})
    place.by_hand("contact/max@example.org", name="Maxim")
    place.by_hand("mailbox/info@example.org", quota="6 GiB")
    adoption = place.adopt(drift=True)
    assert adoption.adopted == ("mailbox/info@example.org",)
    assert adoption.left_out["contact/max"].startswith("people.yaml:4 is written so that it can't be edited")


def test_what_policy_would_delete_can_be_adopted(tmp_path: Path) -> None:
    """Declaring it is the other answer to something that nobody declared."""
    place = Place(tmp_path, {"people.yaml": PEOPLE})
    place.by_hand("whitelist_entry/198.51.100.9", address="198.51.100.9")
    place.write({"account.yaml": place.before["account.yaml"] + "policy: {unmanaged: {whitelist_entry: delete}}\n"})
    assert [change.action for change in place.plan().changes] == ["delete"]
    place.adopt(unmanaged=True)
    assert "  ip-198-51-100-9: {address: 198.51.100.9}\n" in place.texts()["people.yaml"]
    assert not place.plan().changes


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    """In lines that come, too."""
    place = Place(tmp_path, {"zones/example.org.yaml": ZONE.replace("\n", "\r\n")})
    place.by_hand("record/example.org/www/A", values="203.0.113.9")
    place.by_hand("record/example.org/a/A", values="203.0.113.9")
    place.adopt("record/*/*/*")
    text = place.texts()["zones/example.org.yaml"]
    assert text.count("\n") == text.count("\r\n") > ZONE.count("\n")
    assert not place.plan().drift


def test_nothing_is_written_unless_the_plan_is_empty_then(tmp_path: Path) -> None:
    """What would make an error of the files stops all of it."""
    zones = {"zones/example.org.yaml": "www: {type: A, value: 203.0.113.1}\n", "zones/a.example.org.yaml": "{}\n"}
    place = Place(tmp_path, zones)
    place.by_hand("record/example.org/www/A", values="203.0.113.2")
    place.by_hand("record/example.org/x.a/A", values="203.0.113.3")
    with pytest.raises(DiagnosticsError) as caught:
        place.adopt()
    assert {found.code for found in caught.value.diagnostics} == {"below-managed-zone"}
    assert place.texts() == place.before
    assert place.adopt(drift=True).adopted == ("record/example.org/www/A",)


def test_a_file_that_changed_in_the_meantime_is_kept(tmp_path: Path) -> None:
    """What was read while the edits were made must still be there when they are written."""
    place = Place(tmp_path, {"people.yaml": PEOPLE})
    place.by_hand("contact/max@example.org", name="Maxim")
    adoption = place.adopt(drift=True, write=False)
    assert place.texts() == place.before
    place.write({"people.yaml": PEOPLE + "# more\n"})
    with pytest.raises(ReconcilerError, match="changed in the meantime"):
        replace_files(tmp_path, adoption.old, adoption.new)
    assert place.texts()["people.yaml"] == PEOPLE + "# more\n"
