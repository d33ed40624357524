"""Where each address leads. Apps are named by string; the shell imports none of them."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

from clinic import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("clinic.staff.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("", include("patients.urls")),
    path("", include("clinic.booking.urls")),
    path("", include("clinic.photos.urls")),
    path("", include("clinic.documents.urls")),
    path("", include("clinic.messaging.urls")),
    path("", include("treatments.urls")),
    path("", include("followups.urls")),
    path("", include("clinic.questionnaires.urls")),
    path("", include("clinic.consenting.urls")),
    path("", include("clinic.caseload.urls")),
    path("", include("clinic.portal.urls")),
]
if settings.DEBUG or settings.DEMO or settings.TESTING:
    styleguide = login_not_required(TemplateView.as_view(template_name="styleguide.html"))
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))

handler400 = "clinic.views.bad_request"
handler403 = "clinic.views.permission_denied"
handler404 = "clinic.views.page_not_found"
handler500 = "clinic.views.server_error"
