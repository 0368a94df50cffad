"""jobs: work that takes longer than a request should; poll, listen, fetch, cancel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response, StreamingResponse

from api.answers import How, answer
from api.jobs.queue import ENDED, Job, Jobs, job_row
from api.routes.declared import problems, responses
from api.schemas.answers import JobAnswer, JobRow
from engine.engine import Engine
from engine.errors import BadOption
from engine.rows.column import columns
from engine.usecases.answer import state

_JOB = columns(JobRow)
_POLL, _HEARTBEAT = 0.3, 10.0  # seconds
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `job`, until it has ended.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
JobId = Annotated[str, Path(min_length=1, max_length=40, pattern="^[0-9a-zA-Z_-]+$")]


def router(engine: Engine, jobs: Jobs) -> APIRouter:
    """The endpoints of jobs."""
    routes = APIRouter(prefix="/api/v1", tags=["jobs"])

    @routes.get(
        "/jobs",
        operation_id="list_jobs",
        summary="Jobs, the newest first · 任务列表",
        responses=responses(JobAnswer),
    )
    async def list_jobs(how: How) -> Response:
        listed, meta = await asyncio.to_thread(lambda: (jobs.all(), engine.ask(state)))
        return answer([job_row(job) for job in listed], how, _JOB, **meta)

    @routes.get(
        "/jobs/{job_id}",
        operation_id="get_job",
        summary="How far a job is · 任务进度",
        responses=responses(JobAnswer),
    )
    async def get_job(job_id: JobId, how: How) -> Response:
        job, meta = await asyncio.to_thread(lambda: (jobs.get(job_id), engine.ask(state)))
        return answer([job_row(job)], how, _JOB, **meta)

    @routes.get(
        "/jobs/{job_id}/rows",
        operation_id="job_rows",
        summary="What a job ended with · 任务结果",
        responses=responses(JobAnswer) | {200: {"description": "The rows of its own endpoint."}},
        response_model=None,
    )
    async def job_rows(job_id: JobId, how: How) -> Response:
        job, meta = await asyncio.to_thread(lambda: (jobs.get(job_id), engine.ask(state)))
        if job.state != "done":
            raise BadOption(f"job {job_id} is {job.state}", "poll it until it is done")
        names = tuple(job.result[0]) if job.result else ()
        return answer(job.result, how, names, **meta)

    @routes.get(
        "/jobs/{job_id}/events",
        operation_id="job_events",
        summary="A job's progress as it comes (SSE) · 任务事件流",
        response_class=StreamingResponse,
        responses=_STREAM | problems(401, 403, 404, 421, 422, 429, 500, 503),
    )
    async def job_events(job_id: JobId, request: Request) -> Response:
        job = await asyncio.to_thread(jobs.get, job_id)
        return StreamingResponse(_events(jobs, job, request), media_type="text/event-stream")

    @routes.delete(
        "/jobs/{job_id}",
        operation_id="cancel_job",
        summary="Cancel a job, or forget one that has ended · 取消任务",
        responses=responses(JobAnswer),
    )
    async def cancel_job(job_id: JobId, how: How) -> Response:
        job, meta = await asyncio.to_thread(lambda: (jobs.cancel(job_id), engine.ask(state)))
        return answer([job_row(job)], how, _JOB, **meta)

    return routes


async def _events(jobs: Jobs, job: Job, request: Request) -> AsyncIterator[bytes]:
    """An event at each change, a comment now and then so that no proxy hangs up."""
    sent, quiet = b"", 0.0
    while not await request.is_disconnected():
        row = orjson.dumps(job_row(job))
        if row != sent:
            sent, quiet = row, 0.0
            yield b"event: job\ndata: " + row + b"\n\n"
        elif quiet >= _HEARTBEAT:
            quiet = 0.0
            yield b": still here\n\n"
        if job.state in ENDED:
            return
        await asyncio.sleep(_POLL)
        quiet += _POLL
        job = await asyncio.to_thread(jobs.get, job.job_id)


def accepted(job: Job) -> Response:
    """202: the work is kept and will be done; where to ask for it."""
    place = f"/api/v1/jobs/{job.job_id}"
    content = orjson.dumps({"data": [job_row(job)], "meta": {"total": 1, "job": place}})
    headers = {"Location": place, "Retry-After": "1", "Preference-Applied": "respond-async"}
    return Response(content, 202, headers, "application/json")
