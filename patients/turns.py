"""Who writes to one patient's record waits for whoever is writing to it."""

from uuid import UUID

from patients.models import Patient


def take_turn(patient_id: UUID) -> None:
    """Hold a patient's row until the transaction ends; wait for who holds it.

    Whoever holds more takes this first, then the case, then the locks of the diary. It keeps
    nobody from adding a row that points to the patient: only those who take their turn wait.
    """
    Patient.objects.select_for_update(no_key=True).only("pk").get(pk=patient_id)
