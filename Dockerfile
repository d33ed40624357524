FROM python:3.11-slim-bookworm AS packages
COPY requirements/runtime.txt /tmp/runtime.txt
RUN python -m venv /opt/anagen \
    && /opt/anagen/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/runtime.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
# Volumes take the owner of the folder they are mounted over.
RUN groupadd --gid 10001 anagen \
    && useradd --uid 10001 --gid anagen --no-create-home --home-dir /tmp anagen \
    && install --directory --owner=anagen --group=anagen --mode=0700 /srv/media
COPY --from=packages /opt/anagen /opt/anagen
ENV PATH=/opt/anagen/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp
WORKDIR /app
COPY . .
# The demo's settings need no secrets and store static files as production does.
RUN ANAGEN_DEMO=true python manage.py collectstatic --no-input
USER anagen
EXPOSE 8000
CMD ["gunicorn", "clinic.wsgi:application", "--bind=0.0.0.0:8000"]
