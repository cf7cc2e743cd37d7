from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "Ledgers"

    def ready(self) -> None:
        from kernel import checks  # noqa: F401
