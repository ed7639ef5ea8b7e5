"""The history as git has it: who, when, what files; whatever stands in names and subjects."""

from pathlib import Path

from program import Repository, environment
from reconciler.gitrepo.history import changed_files, log
from reconciler.gitrepo.repo import GitRepo


def _repository(tmp_path: Path) -> tuple[Repository, GitRepo]:
    (tmp_path / "repo").mkdir()
    repo = Repository(tmp_path / "repo", environment(tmp_path / "home"))
    repo.git("init", "--quiet")
    found = GitRepo.find(repo.path)
    assert found is not None
    return repo, found


def test_a_log_says_what_git_says(tmp_path: Path) -> None:
    """Children before parents, with authors and subjects byte for byte; what is left out is left out."""
    repo, found = _repository(tmp_path)
    first = repo.commit("One\nline over line\n\nand a body")
    second = repo.commit("Two \x1b[31m ::error:: \u202e")
    logged = log(found, second)
    assert [one.id for one in logged] == [second, first]
    assert logged[0].subject == "Two \x1b[31m ::error:: \u202e"
    assert logged[0].author == "Erika Mustermann <erika@example.org>"
    assert logged[1].subject == "One line over line"
    assert [one.id for one in log(found, second, [first])] == [second]
    assert [one.id for one in log(found, second, most=1)] == [second]
    assert not any(one.cut for one in logged)


def test_a_signature_is_never_checked_by_a_program_of_the_repository(tmp_path: Path) -> None:
    """`log.showSignature` and `gpg.program` of the repository's configuration run nothing."""
    repo, found = _repository(tmp_path)
    commit = repo.commit("Signed")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    for name, value in (("log.showSignature", "true"), ("gpg.program", str(program)), ("diff.external", str(program))):
        repo.git("config", name, value)
    assert log(found, commit)
    assert changed_files(found, [commit])
    assert not (tmp_path / "ran").exists()


def test_changed_files_are_those_below_a_folder(tmp_path: Path) -> None:
    """Against the first parent, also of a merge; None for what goes; odd names as they are."""
    repo, found = _repository(tmp_path)
    first = repo.commit("One", {"in/a.yaml": "a", "in/b c\n\u00e4.yaml": "b", "out.yaml": "c"})
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("Side", {"in/side.yaml": "s"})
    repo.git("switch", "--quiet", "main")
    (repo.path / "in/a.yaml").unlink()
    second = repo.commit("Two", {"out.yaml": "d"})
    repo.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
    merge = repo.git("rev-parse", "HEAD")
    changed = changed_files(found, [first, second, merge], "in")
    assert changed[first].keys() == {"a.yaml", "b c\n\u00e4.yaml"}
    assert changed[second] == {"a.yaml": None}
    assert changed[merge] == {"side.yaml": ("100644", repo.git("rev-parse", "HEAD:in/side.yaml"))}
    assert changed_files(found, []) == {}
