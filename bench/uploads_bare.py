"""The barest endpoint beside the door: ``-m bench.uploads_bare PORT FOLDER`` writes bodies to files."""

import os
import sys
from itertools import count
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def app(folder: Path) -> Starlette:
    """Writes each body to a new file of the folder, as it comes, and syncs nothing."""
    numbers = count()

    async def write(request: Request) -> Response:
        with (folder / f"{next(numbers)}").open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
        return Response(status_code=204)

    def alive(_request: Request) -> Response:
        return Response(f"{os.getpid()}")

    return Starlette(routes=[Route("/", write, methods=["POST"]), Route("/healthz", alive)])


if __name__ == "__main__":
    uvicorn.run(app(Path(sys.argv[2])), port=int(sys.argv[1]), log_config=None, access_log=False)
