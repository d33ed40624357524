"""Patients from and to the files of other systems: read, understood, compared, written out."""
