"""Providers for the tests: each behaves as a real one does on a bad day."""

import smtplib
import threading
import time

from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from clinic.messaging import actions
from clinic.messaging.sms import SmsRefusedError, SmsUnavailableError

handed_over: list[str] = []
_lock = threading.Lock()


class SlowSms:
    """Takes its time, so that two workers meet."""

    def send(self, *, recipient, body, reference):
        time.sleep(0.01)
        with _lock:
            handed_over.append(reference)


class UnavailableSms:
    def send(self, *, recipient, body, reference):
        raise SmsUnavailableError(f"no route to {recipient}")


class RefusingSms:
    def send(self, *, recipient, body, reference):
        raise SmsRefusedError("The provider does not send to this country.")


class BrokenSms:
    def send(self, *, recipient, body, reference):
        raise ZeroDivisionError


class CancellingSms:
    """While the first message goes out, somebody cancels all that still wait."""

    def send(self, *, recipient, body, reference):
        handed_over.append(reference)
        actions.cancel_waiting(by=None, key_prefix="cause:", now=timezone.now())


class _RaisingMail(BaseEmailBackend):
    error: Exception

    def send_messages(self, email_messages):
        raise self.error


class UnknownRecipientMail(_RaisingMail):
    error = smtplib.SMTPRecipientsRefused({"patient@example.test": (550, b"no such user")})


class GreylistingMail(_RaisingMail):
    error = smtplib.SMTPRecipientsRefused({"patient@example.test": (450, b"try later")})


class UnreachableMail(_RaisingMail):
    error = TimeoutError("mail.example.test, for patient@example.test")
