# Serves the pages, documents, SPARQL endpoint and API of the graph on port 8000:
#   docker build -t mtsp-kg . && docker run --rm -p 8000:8000 mtsp-kg
# Arguments replace those in CMD: docker run ... mtsp-kg --host 0.0.0.0 --base https://your.domain/
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE LICENSE-DATA ./
COPY mtsp_kg mtsp_kg
COPY ontology ontology
COPY graph graph
COPY shapes shapes
COPY queries queries
RUN python -m venv /opt/mtsp && /opt/mtsp/bin/pip install --no-cache-dir --disable-pip-version-check '.[serve]'

FROM python:3.13-slim
COPY --from=build /opt/mtsp /opt/mtsp
RUN useradd --system --create-home mtsp
USER mtsp
ENV PATH=/opt/mtsp/bin:$PATH
# Fills the cache, so that the server starts at once.
RUN mtsp query -e 'ASK {}'
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health')"]
ENTRYPOINT ["mtsp", "serve", "--port", "8000"]
CMD ["--host", "0.0.0.0"]
