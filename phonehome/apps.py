from django.apps import AppConfig


class PhonehomeConfig(AppConfig):
    name = "phonehome"
    verbose_name = "Phone-home"

    def ready(self) -> None:
        from incidents.hooks import (
            on_reopened,
            on_triaged,
            register_case_panel,
            register_closing_condition,
        )
        from incidents.models import Incident
        from kernel.duties import register_duty
        from kernel.tasks import nudge_on_commit
        from phonehome import checks  # noqa: F401
        from phonehome.closing import packet_in_the_way
        from phonehome.console.panel import case_panel
        from phonehome.services.cross_link import cross_link_waiting
        from phonehome.services.expire_reviews import expire_reviews
        from phonehome.services.ship_due import ship_due
        from phonehome.services.stage_desk_case import stage_waiting_cases
        from phonehome.services.take_back_packets import take_back_packets
        from phonehome.tasks import stage_desk_case

        def stage(incident: Incident) -> None:
            nudge_on_commit(stage_desk_case, str(incident.pk))

        on_triaged(stage)
        register_case_panel("packets", case_panel)
        register_closing_condition(packet_in_the_way)
        on_reopened(take_back_packets)
        register_duty("phonehome.stage_cases", stage_waiting_cases)
        register_duty("phonehome.expire_reviews", expire_reviews)
        register_duty("phonehome.ship_due", ship_due)
        register_duty("phonehome.cross_link", cross_link_waiting)
