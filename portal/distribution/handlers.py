"""What the worker does for a distribution: labels, and the report of a day."""

from portal.distribution.events import ReportAsked, StudentLabelsAsked
from portal.distribution.papers import SHEETS, StudentLabel, report_pdf, student_labels_pdf
from portal.distribution.queries import people
from portal.distribution.queries import sessions as queries
from portal.distribution.services.labels import KIND
from portal.distribution.services.reporting import REPORTS
from portal.platform import files, jobs
from portal.platform.outbox import on
from portal.schools import queries as schools


@on(StudentLabelsAsked, network=True)
def print_labels(event: StudentLabelsAsked, key: str) -> None:
    """Make the PDF, telling now and then how many are done."""
    if not jobs.start(event.job_id):
        return
    with jobs.told_in_words(event.job_id):
        paper = SHEETS[event.sheet]
        lines = people.labelled(event.session_id, event.class_name)
        content = student_labels_pdf(
            [StudentLabel(one.given_name, one.family_name, one.class_name, one.code, paper) for one in lines],
            paper,
            start=event.start,
            offset_mm=(event.right_mm, event.down_mm),
            progress=lambda done, _total: jobs.note_progress(event.job_id, done=done),
        )
        jobs.finish(event.job_id, file_key=files.keep(content, kind=KIND))


@on(ReportAsked, network=True)
def print_report(event: ReportAsked, key: str) -> None:
    """Make the report as the day stands now."""
    if not jobs.start(event.job_id):
        return
    with jobs.told_in_words(event.job_id):
        session = queries.by_id(event.session_id)
        lines = [line for line in people.of_session(session.id) if line.expected]
        content = report_pdf(session, people.lanes(lines), school=schools.one(session.school_id).name)
        jobs.finish(event.job_id, file_key=files.keep(content, kind=REPORTS))
