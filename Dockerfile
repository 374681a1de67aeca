# Two stages: wheels are installed by their hashes in the first, the second holds only what runs.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/run.txt requirements/extras.txt requirements/
RUN python -m venv /app/.venv \
 && /app/.venv/bin/python -m pip install --quiet --no-cache-dir --no-deps --require-hashes --only-binary :all: \
      -r requirements/run.txt -r requirements/extras.txt

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home haberdar && mkdir -p /data && chown haberdar /data
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY digests digests
COPY bot bot
COPY config config
COPY seeds seeds
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 HABERDAR_DATA_DIR=/data
USER 10001
VOLUME /data
# `doctor` ends with 1 when something needs a person: the container is then shown as unhealthy, and goes on.
HEALTHCHECK --interval=5m --timeout=30s --start-period=1m CMD ["python", "-m", "bot", "doctor", "--quiet"]
# SIGTERM ends the service within ten seconds with status 0.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
