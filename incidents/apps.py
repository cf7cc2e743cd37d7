from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = "Incidents"

    def ready(self) -> None:
        from bridge.hooks import on_delivered, register_intake
        from incidents.answering import answer_at_once
        from incidents.deadlines.clocks import triage_again
        from incidents.hooks import on_reopened
        from incidents.intake import DeskIntake
        from incidents.replies import hear_reply
        from incidents.services.fire_deadlines import fire_deadlines
        from incidents.services.keep_promises import keep_promises
        from incidents.services.release_storm import end_quiet_storms
        from incidents.services.remind_overdue_actions import remind_overdue_actions
        from incidents.services.run_desk import run_waiting_desks
        from incidents.services.send_escalation import send_queued_escalations
        from incidents.thread import note_delivered
        from kernel.duties import register_duty

        register_intake(DeskIntake())
        on_reopened(triage_again)
        on_delivered(note_delivered)
        on_delivered(answer_at_once)
        on_delivered(hear_reply)
        register_duty("incidents.storms", end_quiet_storms)
        register_duty("incidents.desk", run_waiting_desks)
        register_duty("incidents.corrective_actions", remind_overdue_actions)
        register_duty("incidents.deadlines", fire_deadlines)
        register_duty("incidents.promises", keep_promises)
        register_duty("incidents.escalations", send_queued_escalations)
