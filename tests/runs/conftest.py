from small_run import run, trained_run  # noqa: F401
