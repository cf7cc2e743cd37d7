from django.apps import AppConfig


class PrismCareConfig(AppConfig):
    name = "prism_care"
    verbose_name = "Prism Care"

    def ready(self) -> None:
        # Last of all apps in the order of duties: what the others wrote is sealed in this pass.
        from kernel.api.idempotency import forget_old_answers
        from kernel.duties import register_duty
        from kernel.sealing import seal_ledgers

        register_duty("kernel.forget_old_answers", forget_old_answers)
        register_duty("kernel.seal_ledgers", seal_ledgers)
