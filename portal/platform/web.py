"""The blueprint every feature uses: a route without an action does not import.

The order around every view is fixed here: signed in, then the role's right, then the scope, then the view; a GET is
read-only. The CSRF token was checked before, for the whole application.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any, cast

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.extensions import login
from portal.platform import actor, consultation, scope, work
from portal.platform.actor import Actor
from portal.platform.consultation import Consultation, Shown
from portal.policy import Action, Role

View = Callable[..., ResponseReturnValue]


def me() -> Actor:
    """The signed-in person; only for views whose action is not public."""
    return cast(Actor, current_user._get_current_object())  # noqa: SLF001 (the proxy's documented way out)


def somebody() -> Actor | None:
    """The signed-in person, if any."""
    return me() if current_user.is_authenticated else None


def _scope_of(person: Actor) -> AbstractContextManager[None]:
    match person.role:
        case Role.FAMILY:
            return scope.family(person.account_id, person.student_ids)
        case Role.REGION:
            return scope.every_school(reason="région")
        case _:
            return scope.schools(*person.school_ids)


def _told(person: Actor, shows: Shown, named: dict[str, Any], answer: ResponseReturnValue) -> ResponseReturnValue:
    """Write down that somebody of the staff was shown a student's file, or a list of them."""
    response = current_app.make_response(answer)
    if response.status_code in consultation.SHOWN:
        consultation.note(
            Consultation(
                account_id=person.account_id,
                role=person.role,
                school_id=min(person.school_ids, default=None),
                page=str(request.endpoint),
                shown=shows,
                public_id="" if shows is Shown.LIST else str(next(iter(named.values()))),
            )
        )
    return response


class Feature(Blueprint):
    """A blueprint whose `get` and `post` ask for an action, and guard the view with it.

    `shows` is what a page of the staff shows of students: their access log is written from it, and a test asks it of
    every page that staff can open.
    """

    def get(self, rule: str, *, allow: Action, **options: Any) -> Callable[[View], View]:  # type: ignore[override]  # stricter than Flask's on purpose
        """A page. It changes nothing: a use-case inside raises."""
        return self._guarded(rule, "GET", allow, options)

    def post(self, rule: str, *, allow: Action, **options: Any) -> Callable[[View], View]:  # type: ignore[override]  # stricter than Flask's on purpose
        """A form. `largest` is how many bytes it may send, when that is not the usual."""
        return self._guarded(rule, "POST", allow, options)

    def _guarded(self, rule: str, method: str, allow: Action, options: dict[str, Any]) -> Callable[[View], View]:
        def register(view: View) -> View:
            endpoint = options.pop("endpoint", view.__name__)
            shows: Shown | None = options.pop("shows", None)
            tells = None if shows is Shown.NOBODY else shows
            largest: int | None = options.pop("largest", None)

            @wraps(view)
            def guarded(**kwargs: Any) -> ResponseReturnValue:
                person = somebody()
                if allow is not Action.PUBLIC:
                    if person is None:
                        return cast(ResponseReturnValue, login.unauthorized())
                    if not person.may(allow):
                        abort(403)
                signature = actor.person(person) if person else actor.Signature(kind="visitor")
                seen = _scope_of(person) if person and allow is not Action.PUBLIC else nullcontext()
                reading = work.read_only() if method == "GET" else nullcontext()
                with actor.acting(signature), seen, reading:
                    answer = view(**kwargs)
                    return _told(person, tells, kwargs, answer) if tells and person and person.is_staff else answer

            guarded.action, guarded.shows = allow, shows  # type: ignore[attr-defined]  # read by the meta-tests and by navigation
            guarded.largest = largest  # type: ignore[attr-defined]  # read before the form is
            self.add_url_rule(rule, endpoint=endpoint, view_func=guarded, methods=[method], **options)
            return view

        return register
