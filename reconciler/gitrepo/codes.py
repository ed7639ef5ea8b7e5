"""What the codes of what git finds mean."""

from collections.abc import Mapping

from reconciler.model.code import Code

CODES: Mapping[str, Code] = {
    "merge-conflict": Code(
        "The two sides of a merge changed the same lines.",
        "A pull request is planned as what the branch would be after the merge. Where both sides changed the same "
        "lines, or one deleted what the other changed, only a person can say what that is. Merge the base into the "
        "branch, or rebase the branch onto it, settle what conflicts, and push.",
    ),
}
