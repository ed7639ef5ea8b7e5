"""The entry of the program: the verbs inside the error boundary. What is asked all the time is answered before."""

import sys

from reconciler import __version__

#: After how many new containers Python looks for cycles: what a run makes is mostly kept, and is in no cycle. Its own
#: 700 are reached a hundred times by a start.
_MANY = 200_000


def main() -> None:
    """Run the command line of this process and end it with its exit code."""
    args = sys.argv[1:]
    if _has_told_version(args):
        sys.exit(0)
    import gc

    gc.set_threshold(_MANY)
    from reconciler.cli.boundary import guarded
    from reconciler.cli.group import reconciler
    from reconciler.cli.run import Run

    run = Run.of_process()
    code = guarded(run, args, lambda: reconciler.main(args, prog_name="reconciler", obj=run, standalone_mode=False))
    gc.freeze()  # else Python looks through all that there is for cycles before it ends: a fifth of a small plan
    sys.exit(code)


def _has_told_version(args: list[str]) -> bool:
    """Answer ``--version`` without the library for command lines; where it can't be written, the boundary says so."""
    if args != ["--version"] or sys.stdout is None:
        return False
    try:
        sys.stdout.write(f"reconciler {__version__}\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
