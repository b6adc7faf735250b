"""What svcproof's exit codes mean; docs/results.md says it for users."""

AS_DOCUMENTED, DIFFERS, USAGE, NOT_TESTED, INTERRUPTED = 0, 1, 2, 3, 130
