# What of the image "nginx" the example asks for.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/* && \
    rm /etc/nginx/sites-enabled/default
CMD ["nginx", "-g", "daemon off;"]
