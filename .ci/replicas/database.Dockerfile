# What of the image "postgres" the example asks for.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/* && \
    install -d -o postgres /var/lib/postgresql/data /run/postgresql
ENV PATH=/usr/lib/postgresql/15/bin:$PATH
USER postgres
COPY <<'SCRIPT' /start
#!/bin/sh
set -e
cd /var/lib/postgresql/data
if [ ! -s PG_VERSION ]; then
  echo "$POSTGRES_PASSWORD" >/tmp/password
  initdb -D . -U "$POSTGRES_USER" -A scram-sha-256 --pwfile=/tmp/password
  echo 'host all all all scram-sha-256' >>pg_hba.conf
  printf 'CREATE DATABASE %s;\n' "$POSTGRES_DB" | postgres --single -D . postgres
fi
exec postgres -D . -c listen_addresses='*'
SCRIPT
CMD ["sh", "/start"]
