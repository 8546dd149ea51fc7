from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kuangdeng.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.web import words

        words.declare()
