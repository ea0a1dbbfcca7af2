"""What the worker does for a distribution: labels."""

from portal.distribution.events import StudentLabelsAsked
from portal.distribution.papers import SHEETS, StudentLabel, student_labels_pdf
from portal.distribution.queries import people
from portal.distribution.services.labels import KIND
from portal.platform import files, jobs
from portal.platform.outbox import on


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
