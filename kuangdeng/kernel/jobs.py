"""Jobs that every installation needs, whatever its mine does: tidying the queue, the sessions, the files.

Periodic jobs are idempotent: a tick may come late, twice, or in two workers at once. Their clock is UTC: 19:17 there is
03:17 at the mine.
"""

import logging
from importlib import import_module

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from kuangdeng.kernel import files

log = logging.getLogger(__name__)
KEEP_HOURS = 24 * 7
MOST_RETRIES = 3


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="kernel.stalled", lock="kernel.stalled", name="kernel.stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> int:
    """Every minute: jobs whose worker died are done again, or given up after some attempts."""
    manager = context.app.job_manager
    retried = 0
    for job in await manager.get_stalled_jobs():
        assert job.id is not None
        if job.attempts >= MOST_RETRIES:
            log.error("job %s (%s) killed its worker %s times and is given up", job.id, job.task_name, job.attempts)
            await manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)
            retried += 1
    return retried


@app.periodic(cron="17 19 * * *")
@app.task(queueing_lock="kernel.prune", lock="kernel.prune", name="kernel.prune", pass_context=True)
async def prune_jobs(context: JobContext, timestamp: int) -> None:
    """At night: jobs that ended a week ago leave the queue's table."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="27 19 * * *")
@app.task(queueing_lock="kernel.sessions", lock="kernel.sessions", name="kernel.sessions")
def clear_sessions(timestamp: int) -> None:
    """At night: sessions that have run out are forgotten."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="kernel.files", lock="kernel.files", name="kernel.files")
def sweep_files(timestamp: int) -> int:
    """Every hour: uploads that nobody tied to anything are removed."""
    return files.sweep()
